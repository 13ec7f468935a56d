namespace Floe.Tests.Clients;

/// <summary>npm's chdb, which is ClickHouse in process. Half a gigabyte, so that the build does not install it: the first test that needs it does, beside
/// the repository's other packages. Where it cannot be installed or loaded the test is skipped and says why.</summary>
internal static class Chdb
{
    private static readonly Lazy<Task<(string? Folder, string? Reason)>> s_installed = new(InstallAsync);

    /// <summary>Runs SQL statements, one after the other in one process.</summary>
    /// <returns>What each gave, as lines of values separated by tabs.</returns>
    public static async Task<string[]> RunAsync(IReadOnlyDictionary<string, string?> environment, IEnumerable<string> statements)
    {
        var (folder, reason) = await s_installed.Value;
        Skip.If(folder is null, $"npm's chdb is not available: {reason}");
        var input = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(input, System.Text.Json.JsonSerializer.Serialize(statements));
            var output = await NodeScript.RunAsync("Clients/run-chdb.cjs", new Dictionary<string, string?>(environment) { ["CHDB_FOLDER"] = folder }, input);
            return System.Text.Json.JsonSerializer.Deserialize<string[]>(output)!;
        }
        finally
        {
            File.Delete(input);
        }
    }

    private static async Task<(string? Folder, string? Reason)> InstallAsync()
    {
        try
        {
            var folder = await OnDemandPackages.InstallAsync("Clients/chdb");

            // It may be there and yet not run: another processor, another C library.
            await NodeScript.RunAsync("Clients/run-chdb.cjs", new Dictionary<string, string?> { ["CHDB_FOLDER"] = folder });
            return (folder, null);
        }
        catch (Exception e) when (OnDemandPackages.IsMissing(e))
        {
            return (null, e.Message);
        }
    }
}
