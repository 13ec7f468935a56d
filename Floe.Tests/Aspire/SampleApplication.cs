using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Floe.Tests.Aspire;

/// <summary>Small applications of `sh` and `node` that run under the real DCP, inside the test's process.</summary>
internal static class SampleApplication
{
    /// <summary>Answers 200 on /, and 503 on /health until the file named by its first argument exists (none: at once).</summary>
    public const string WebServer = """
        const http = require('http'), fs = require('fs'), [gate] = process.argv.slice(1);
        http.createServer((q, r) => { r.statusCode = q.url === '/health' && gate && !fs.existsSync(gate) ? 503 : 200; r.end(String(process.pid)); })
          .listen(Number(process.env.PORT), 'localhost', () => console.log('listening'));
        """;

    private static string NativeParts { get; } = typeof(SampleApplication).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "NativePartsRoot").Value!;

    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(2);

    public static IDistributedApplicationBuilder CreateBuilder(params string[] args) => DistributedApplication.CreateBuilder(new DistributedApplicationOptions
    {
        Args = ["Logging:LogLevel:Default=None", $"DcpPublisher:CliPath={Path.Combine(NativeParts, ".floe", "aspire", "dcp")}", .. args],
        DisableDashboard = true,
        AssemblyName = typeof(SampleApplication).Assembly.GetName().Name,
        ProjectDirectory = AppContext.BaseDirectory,
    });

    public static IResourceBuilder<ExecutableResource> AddShell(this IDistributedApplicationBuilder builder, string name, string script) =>
        builder.AddExecutable(name, "sh", AppContext.BaseDirectory, "-c", script);

    public static IResourceBuilder<ExecutableResource> AddWebServer(this IDistributedApplicationBuilder builder, string name, params string[] args) =>
        builder.AddExecutable(name, "node", AppContext.BaseDirectory, ["-e", WebServer, .. args]).WithHttpEndpoint(env: "PORT");

    public static ResourceLoggerService Consoles(this DistributedApplication app) => app.Services.GetRequiredService<ResourceLoggerService>();

    /// <summary>The console of a resource up to a line that holds the text.</summary>
    public static async Task<IReadOnlyList<string>> ReadConsoleUntilAsync(this DistributedApplication app, IResource resource, string text)
    {
        var lines = new List<string>();
        using var timeout = new CancellationTokenSource(Patience);
        await foreach (var batch in app.Consoles().WatchAsync(resource).WithCancellation(timeout.Token))
        {
            lines.AddRange(batch.Select(l => l.Content));
            if (lines.Exists(l => l.Contains(text, StringComparison.Ordinal))) return lines;
        }

        Assert.Fail($"'{resource.Name}' never wrote '{text}', but: {string.Join('\n', lines)}");
        return lines;
    }

    public static Task<string> WaitForStateAsync(this DistributedApplication app, IResource resource, params string[] states) =>
        app.ResourceNotifications.WaitForResourceAsync(resource.Name, states).WaitAsync(Patience);
}
