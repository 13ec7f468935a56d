using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Cli;

/// <summary>Ends the AppHost on the CLI's request.</summary>
internal sealed class AppHostShutdown(IHostApplicationLifetime lifetime, TimeProvider clock)
{
    // The CLI reports a lost connection when its request is not answered before the socket closes.
    private static readonly TimeSpan AnswerFirst = TimeSpan.FromMilliseconds(300);

    public void Request(int? exitCode = null)
    {
        if (exitCode is { } code)
        {
            Environment.ExitCode = code;
        }

        _ = StopAsync();
    }

    private async Task StopAsync()
    {
        await Task.Delay(AnswerFirst, clock).ConfigureAwait(false);
        lifetime.StopApplication();
    }
}
