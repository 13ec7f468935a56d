using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tokens;
using Floe.ServiceDefaults.Configuration;

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
        var change = options is { RootClientId: { } clientId, RootClientSecret: { } secret }
            ? await RealmBootstrap.EnsureAsync(store, clientId, secret, cancellationToken)
            : await RealmBootstrap.IsThereAsync(store, cancellationToken) ? null
            : throw new ConfigurationException($"The realm {options.Realm} is not set up in {options.DatabaseAddress}; set POLARIS_BOOTSTRAP_CREDENTIALS=realm,clientId,clientSecret once.");
        var key = await store.SigningKeyAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        tokens.UseKey(key);
        return () => LogReady(options.Realm, options.DatabaseAddress, change ?? "nothing to do");
    }

    [LoggerMessage(1, LogLevel.Information, "The catalog is ready: realm {Realm} on {Database}, {Change}")]
    private partial void LogReady(string realm, string database, string change);
}
