namespace Floe.Emulators.Postgres;

/// <summary>The verb <c>postgres</c>.</summary>
internal static class PostgresCommand
{
    public static Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("The service postgres is not built yet.");
        return Task.FromResult(1);
    }
}
