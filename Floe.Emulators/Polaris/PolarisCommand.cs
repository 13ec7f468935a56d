namespace Floe.Emulators.Polaris;

/// <summary>The verb <c>polaris</c>.</summary>
internal static class PolarisCommand
{
    public static Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("The service polaris is not built yet.");
        return Task.FromResult(1);
    }
}
