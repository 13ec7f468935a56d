namespace Floe.Emulators.Postgres;

/// <summary>The verb <c>postgres</c>: runs the real server until SIGTERM or SIGINT. No web host: this process only watches another.</summary>
internal static class PostgresCommand
{
    private const int Failed = 1;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        try
        {
            var options = PostgresOptions.Parse(args, Environment.GetEnvironmentVariable);
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
