namespace Floe.Emulators.Marquez.Store;

/// <summary>Makes the server's tables.</summary>
internal sealed partial class MarquezStartup(MarquezDatabase database, MarquezOptions options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<MarquezStartup> logger)
    : DatabaseStartup(options.DatabaseAddress, time, lifetime, logger)
{
    protected override async Task<Action> SetUpAsync(CancellationToken cancellationToken)
    {
        await database.TransactionAsync(statements => StoreSchema.EnsureAsync(statements, cancellationToken), cancellationToken);
        return () => LogReady(options.DatabaseAddress);
    }

    [LoggerMessage(1, LogLevel.Information, "The lineage server is ready on {Database}")]
    private partial void LogReady(string database);
}
