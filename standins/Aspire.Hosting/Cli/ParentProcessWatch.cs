using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Cli;

/// <summary>Ends the AppHost when the aspire CLI that started it is gone, SIGKILL included.</summary>
internal sealed class ParentProcessWatch(CliSession session, IHostApplicationLifetime lifetime, ILogger<ParentProcessWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (session.CliProcessId is not { } pid)
        {
            return;
        }

        try
        {
            using var cli = Process.GetProcessById(pid);
            await cli.WaitForExitAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (ArgumentException)
        {
            // gone before the AppHost looked
        }

        logger.LogInformation("The aspire CLI (process {ProcessId}) that started this AppHost has ended; stopping.", pid);
        lifetime.StopApplication();
    }
}
