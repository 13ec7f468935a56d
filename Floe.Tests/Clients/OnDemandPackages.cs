using System.ComponentModel;
using System.Security.Cryptography;

namespace Floe.Tests.Clients;

/// <summary>npm packages too large for every build: the first test that needs them installs them beside the repository's other packages, once per lock file.</summary>
internal static class OnDemandPackages
{
    /// <summary>Installs what the package.json of a folder below Floe.Tests names.</summary>
    /// <returns>The folder that has their node_modules.</returns>
    public static async Task<string> InstallAsync(string source)
    {
        var manifests = NodeScript.PathOf(source);
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(manifests, "package-lock.json"))))[..12];
        var folder = Path.Combine(NodeScript.Modules, ".floe", $"{Path.GetFileName(source)}-{hash}");
        if (!Directory.Exists(folder))
            await InstallAsync(manifests, folder);
        return folder;
    }

    /// <summary>Whether an installation failed for want of npm, network or disk; the test is then skipped and says so.</summary>
    public static bool IsMissing(Exception e) => e is Xunit.Sdk.XunitException or Win32Exception or IOException or OperationCanceledException;

    private static async Task InstallAsync(string manifests, string folder)
    {
        // By a rename when it is whole: several test runs may do this at once.
        var partial = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(partial);
        try
        {
            foreach (var name in new[] { "package.json", "package-lock.json" })
                File.Copy(Path.Combine(manifests, name), Path.Combine(partial, name));

            // Not npm ci: it wants the other platforms' libraries in the lock file too, which the registry that made it does not have.
            await ClientProgram.RunAsync("npm", new Dictionary<string, string?>(), "install", "--prefix", partial, "--ignore-scripts", "--no-audit", "--no-fund");
            if (!Directory.Exists(folder))
                Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another was faster.
        }
        finally
        {
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);
        }
    }
}
