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
            await using var server = new PostgresServer(options, Console.Out);
            await server.StartAsync(cancellationToken);
            await server.WaitAsync(cancellationToken);
            return 0;
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
}
