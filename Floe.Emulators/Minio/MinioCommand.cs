namespace Floe.Emulators.Minio;

/// <summary>The verb <c>minio</c>.</summary>
internal static class MinioCommand
{
    public static Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("The service minio is not built yet.");
        return Task.FromResult(1);
    }
}
