using Floe.ServiceDefaults.Configuration;
using Npgsql;

namespace Floe.Emulators.Hosting;

/// <summary>Waits for the database and sets it up. Until then the server answers 503: a database that is up need not have the tables yet.</summary>
/// <param name="address">Host, port and database, for messages.</param>
internal abstract partial class DatabaseStartup(string address, TimeProvider time, IHostApplicationLifetime lifetime, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_remindEvery = TimeSpan.FromSeconds(15);

    private volatile bool _done;

    /// <summary>Whether the database is set up.</summary>
    public bool Done => _done;

    /// <summary>Makes what is missing; tried again when the database is away.</summary>
    /// <returns>Says that the service is ready; called when it is.</returns>
    /// <exception cref="ConfigurationException">It can never be made.</exception>
    protected abstract Task<Action> SetUpAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var begun = time.GetTimestamp();
        var delay = s_delay;
        TimeSpan? said = null;
        while (true)
        {
            try
            {
                var say = await SetUpAsync(stoppingToken);
                _done = true;
                say();
                return;
            }
            catch (ConfigurationException e)
            {
                LogImpossible(logger, e.Message);
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
                    LogWaiting(logger, (int)waited.TotalSeconds, address, e.Message);
                }

                await Task.Delay(delay, time, stoppingToken);
                delay = delay * 2 < s_longestDelay ? delay * 2 : s_longestDelay;
            }
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "Waiting for the database for {Seconds} s now ({Database}): {Reason}")]
    private static partial void LogWaiting(ILogger logger, int seconds, string database, string reason);

    [LoggerMessage(3, LogLevel.Critical, "{Reason}")]
    private static partial void LogImpossible(ILogger logger, string reason);
}
