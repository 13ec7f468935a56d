using Floe.Emulators.CommandLine;
using Floe.ServiceDefaults.CommandLine;

namespace Floe.Emulators.Postgres;

/// <summary>The verb <c>postgres</c>: runs the real server until SIGTERM or SIGINT. No web host: this process only watches another.</summary>
internal static class PostgresCommand
{
    private const int Failed = 1;

    public static readonly Verb Verb = new()
    {
        Name = "postgres",
        Summary = "PostgreSQL's own programs on a folder.",
        Options = PostgresOptions.CommandLine,
        Details = """
            POSTGRES_USER               the superuser (postgres)
            POSTGRES_PASSWORD           its password, required
            FLOE_POSTGRES_DATABASES     databases to create before the server is called ready, separated by commas
            FLOE_POSTGRES_BINDIR        as --bin-dir

            Connect: psql -h 127.0.0.1 -p N -U postgres
            """,
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        try
        {
            var options = PostgresOptions.From(arguments, Environment.GetEnvironmentVariable);
            using var host = CreateHost();
            await host.StartAsync(cancellationToken);
            try
            {
                return await RunAsync(options, host.Services, cancellationToken);
            }
            finally
            {
                await host.StopAsync(CancellationToken.None); // after the server: sends what it said last
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        catch (PostgresFailure failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return Failed;
        }
    }

    /// <summary>It holds the telemetry and nothing else.</summary>
    private static IHost CreateHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "postgres" });
        builder.Configuration.AddEnvironmentVariables();
        return builder.AddProcessDefaults().Build();
    }

    private static async Task<int> RunAsync(PostgresOptions options, IServiceProvider services, CancellationToken cancellationToken)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("PostgreSQL");
        // The host takes signals of its own, as SIGQUIT.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        try
        {
            await using var server = new PostgresServer(options, new ServerLog(Console.Out, logger), TimeProvider.System);
            await server.StartAsync(stopping.Token);
            // The start leaves some 10 MB of garbage, and the little that comes after leads to no collection for hours.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            await server.WaitAsync(stopping.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
        catch (PostgresFailure failure)
        {
            logger.LogCritical("{Failure}", failure.Message);
            throw;
        }
    }
}
