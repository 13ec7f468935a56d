using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tokens;
using Floe.ServiceDefaults.Configuration;
using Npgsql;

namespace Floe.Emulators.Polaris.Bootstrap;

/// <summary>Waits for the database, makes the tables, bootstraps the realm and reads the signing key. Until then the server answers 503.</summary>
internal sealed partial class DatabaseStartup(
    PolarisDatabase database, PolarisOptions options, AccessTokens tokens, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<DatabaseStartup> logger) : BackgroundService
{
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_remindEvery = TimeSpan.FromSeconds(15);

    private volatile bool _done;

    /// <summary>Whether the tables and the realm are there.</summary>
    public bool Done => _done;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var begun = time.GetTimestamp();
        var delay = s_delay;
        TimeSpan? said = null;
        while (true)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
                return;
            }
            catch (ConfigurationException e)
            {
                LogImpossible(e.Message);
                Environment.ExitCode = Microsoft.Extensions.Hosting.ServiceRunner.ConfigurationError;
                lifetime.StopApplication();
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException)
            {
                var waited = time.GetElapsedTime(begun);
                if (said is null || waited - said > s_remindEvery)
                {
                    said = waited;
                    LogWaiting((int)waited.TotalSeconds, options.DatabaseAddress, e.Message);
                }

                await Task.Delay(delay, time, stoppingToken);
                delay = delay * 2 < s_longestDelay ? delay * 2 : s_longestDelay;
            }
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await StoreSchema.EnsureAsync(connection, transaction, cancellationToken);
        var store = database.Within(connection, transaction);
        var change = await RealmBootstrap.EnsureAsync(store, options.RootClientId, options.RootClientSecret, cancellationToken);
        var key = await store.SigningKeyAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        tokens.UseKey(key);
        _done = true;
        LogReady(options.Realm, options.DatabaseAddress, change ?? "nothing to do");
    }

    [LoggerMessage(1, LogLevel.Information, "The catalog is ready: realm {Realm} on {Database}, {Change}")]
    private partial void LogReady(string realm, string database, string change);

    [LoggerMessage(2, LogLevel.Warning, "Waiting for the database for {Seconds} s now ({Database}): {Reason}")]
    private partial void LogWaiting(int seconds, string database, string reason);

    [LoggerMessage(3, LogLevel.Critical, "{Reason}")]
    private partial void LogImpossible(string reason);
}
