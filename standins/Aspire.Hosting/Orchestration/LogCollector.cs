using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Copies what processes and containers write to the resources' console logs.</summary>
internal sealed class LogCollector(ResourceLoggerService loggers, ILogger<LogCollector> logger)
{
    // By object, not by name: a restarted instance is a new object.
    private readonly ConcurrentDictionary<string, LogCopy> _copies = new(StringComparer.Ordinal);

    public void Follow(DcpClient client, string kind, string name, string uid, CancellationToken cancellationToken) =>
        _ = Copy(client, kind, name, uid).StartAsync(cancellationToken);

    /// <summary>To be called before anybody hears of the end, so that whoever then asks for the log gets the last words too.</summary>
    public Task FinishAsync(DcpClient client, string kind, string name, string uid, CancellationToken cancellationToken)
    {
        var copy = Copy(client, kind, name, uid);
        loggers.EndsWith(name, copy.StartAsync(cancellationToken));
        return copy.FinishAsync();
    }

    private LogCopy Copy(DcpClient client, string kind, string name, string uid) => _copies.GetOrAdd(uid, _ => new LogCopy(client, kind, name, loggers, logger));
}
