using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Copies what processes and containers write to the resources' console logs.</summary>
internal sealed class LogCollector(ResourceLoggerService loggers, ILogger<LogCollector> logger)
{
    // By object, not by name: a restarted instance is a new object.
    private readonly ConcurrentDictionary<string, bool> _followed = new(StringComparer.Ordinal);

    public void Follow(DcpClient client, string kind, string name, string uid, CancellationToken cancellationToken)
    {
        if (!_followed.TryAdd(uid, true)) return;
        _ = CopyAsync(client, kind, name, "stdout", line => line, isError: false, cancellationToken);
        _ = CopyAsync(client, kind, name, "stderr", line => line, isError: true, cancellationToken);
        _ = CopyAsync(client, kind, name, "system", DcpSystemLine.Error, isError: true, cancellationToken);
    }

    private async Task CopyAsync(DcpClient client, string kind, string name, string source, Func<string, string?> select, bool isError, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in client.ReadLogAsync(kind, name, source, cancellationToken).ConfigureAwait(false))
            {
                if (select(line) is { } text) loggers.Write(name, text, isError);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            logger.LogDebug(exception, "The {Source} of {Instance} can no longer be read.", source, name);
        }
    }
}
