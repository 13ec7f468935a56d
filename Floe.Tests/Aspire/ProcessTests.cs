using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Floe.Tests.Aspire;

/// <summary>An AppHost as a process of its own: started, stopped, killed, refused.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private const string Started = "Distributed application started. Press Ctrl+C to shut down.";
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("floe-home-");
    private readonly string _marker = $"floe-sample-{Guid.NewGuid():N}";

    [SkippableTheory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task However_it_ends_nothing_is_left(string signal)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Looks for processes in /proc.");
        using var apphost = Start(signal == "KILL" ? "Sample:Stubborn=true" : "Sample:Stubborn=false");
        await apphost.WaitForLineAsync(Started);
        Assert.NotEmpty(ProcessesWith(_marker));
        await SendAsync(signal, apphost.Process.Id);
        await apphost.Process.WaitForExitAsync().WaitAsync(SampleApplication.Patience);
        if (signal == "TERM")
        {
            // Asked politely, it ends last.
            Assert.Equal(0, apphost.Process.ExitCode);
            Assert.Empty(ProcessesWith(_marker));
            return;
        }

        // Killed, DCP notices within a second or two, and gives ten to a process that ignores signals.
        await WaitUntilAsync(() => ProcessesWith(_marker).Count == 0, $"processes with the marker are left: {string.Join(", ", ProcessesWith(_marker))}");
    }

    [SkippableFact]
    public async Task Ctrl_C_while_something_waits_ends_it_too()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Looks for processes in /proc.");
        using var apphost = Start("Sample:Wait=true");
        await WaitUntilAsync(() => ProcessesWith(_marker).Count >= 1, "web never came");
        await SendAsync("INT", apphost.Process.Id);
        await apphost.Process.WaitForExitAsync().WaitAsync(SampleApplication.Patience);
        Assert.Empty(ProcessesWith(_marker));
        Assert.DoesNotContain(apphost.Lines, l => l.Contains(Started, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_generated_value_is_kept_and_two_at_once_agree()
    {
        using var one = Start();
        using var two = Start();
        await one.WaitForLineAsync(Started);
        await two.WaitForLineAsync(Started);
        var file = Path.Combine(_home.FullName, ".microsoft", "usersecrets", "floe-sample-apphost", "secrets.json");
        var text = await File.ReadAllTextAsync(file);
        var kept = Generated().Match(text).Groups[1].Value;
        Assert.Equal(20, kept.Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain(one.Lines.Concat(two.Lines), l => l.Contains(kept, StringComparison.Ordinal));
        Assert.Equal(kept, await PasswordOfAsync());
        Assert.Equal("mine", await PasswordOfAsync(("Parameters__generated", "mine")));
    }

    private async Task<string> PasswordOfAsync(params (string, string)[] environment)
    {
        var port = Postgres.PostgresLauncher.FreePort();
        using var apphost = new AppHostProcess(_home.FullName, [$"Sample:Marker={_marker}", $"Sample:Port={port}"], environment);
        await apphost.WaitForLineAsync(Started);
        using var client = new HttpClient();
        using var timeout = new CancellationTokenSource(SampleApplication.Patience);
        while (true)
        {
            try
            {
                return await client.GetStringAsync($"http://localhost:{port}/", timeout.Token);
            }
            catch (HttpRequestException)
            {
                // The process was started, and may not listen yet.
                await Task.Delay(50, timeout.Token);
            }
        }
    }

    [Fact]
    public async Task A_busy_port_ends_it_with_one_sentence_and_exit_code_1()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;
        using var apphost = Start($"Sample:Port={port}");
        await apphost.Process.WaitForExitAsync().WaitAsync(SampleApplication.Patience);
        Assert.Equal(1, apphost.Process.ExitCode);
        var errors = apphost.Errors;
        Assert.Equal($"error: Port {port} is in use by another program, but the endpoint 'http' of resource 'web' asks for it. Stop that program, or give the endpoint another port, or none for any free one.", Assert.Single(errors));
        Assert.DoesNotContain(apphost.Lines, l => l.Contains("   at ", StringComparison.Ordinal));
    }

    public void Dispose() => _home.Delete(recursive: true);

    private AppHostProcess Start(params string[] args) => new(_home.FullName, [.. args, $"Sample:Marker={_marker}"]);

    private static async Task SendAsync(string signal, int pid)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        await kill.WaitForExitAsync();
    }

    // The AppHost itself has the marker in its arguments as well.
    private static List<string> ProcessesWith(string marker) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
            .Select(CommandLine)
            .Where(line => line.Contains(marker, StringComparison.Ordinal) && !line.Contains("Sample:Marker", StringComparison.Ordinal)),
    ];

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition, string otherwise)
    {
        var started = Stopwatch.StartNew();
        while (!condition())
        {
            if (started.Elapsed > SampleApplication.Patience) Assert.Fail(otherwise);
            await Task.Delay(50);
        }
    }

    [GeneratedRegex("\"Parameters:generated\": \"([^\"]*)\"")]
    private static partial Regex Generated();
}
