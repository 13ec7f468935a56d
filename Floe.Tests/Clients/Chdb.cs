using System.ComponentModel;
using System.Security.Cryptography;

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
        var source = NodeScript.PathOf("Clients/chdb");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))))[..12];
        var folder = Path.Combine(NodeScript.Modules, ".floe", $"chdb-{hash}");
        try
        {
            if (!Directory.Exists(folder))
                await InstallAsync(source, folder);

            // It may be there and yet not run: another processor, another C library.
            await NodeScript.RunAsync("Clients/run-chdb.cjs", new Dictionary<string, string?> { ["CHDB_FOLDER"] = folder });
            return (folder, null);
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or Win32Exception or IOException or OperationCanceledException)
        {
            return (null, e.Message);
        }
    }

    private static async Task InstallAsync(string source, string folder)
    {
        // By a rename when it is whole: several test runs may do this at once.
        var partial = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(partial);
        try
        {
            foreach (var name in new[] { "package.json", "package-lock.json" })
                File.Copy(Path.Combine(source, name), Path.Combine(partial, name));

            // Not npm ci: it wants the other platforms' libraries in the lock file too, which the registry that made it does not have.
            await ClientProgram.RunAsync("npm", new Dictionary<string, string?>(), "install", "--prefix", partial, "--ignore-scripts", "--no-audit", "--no-fund");
            if (!Directory.Exists(folder))
                Directory.Move(partial, folder);
        }
        finally
        {
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);
        }
    }
}
