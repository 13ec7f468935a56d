using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tokens;

namespace Floe.Emulators.Polaris.Bootstrap;

/// <summary>Makes the catalog's tables, bootstraps the realm and reads the signing key.</summary>
internal sealed partial class RealmStartup(
    PolarisDatabase database, PolarisOptions options, AccessTokens tokens, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<RealmStartup> logger)
    : DatabaseStartup(options.DatabaseAddress, time, lifetime, logger)
{
    protected override async Task<Action> SetUpAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await StoreSchema.EnsureAsync(connection, transaction, cancellationToken);
        var store = database.Within(connection, transaction);
        var change = await RealmBootstrap.EnsureAsync(store, options.RootClientId, options.RootClientSecret, cancellationToken);
        var key = await store.SigningKeyAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        tokens.UseKey(key);
        return () => LogReady(options.Realm, options.DatabaseAddress, change ?? "nothing to do");
    }

    [LoggerMessage(1, LogLevel.Information, "The catalog is ready: realm {Realm} on {Database}, {Change}")]
    private partial void LogReady(string realm, string database, string change);
}
