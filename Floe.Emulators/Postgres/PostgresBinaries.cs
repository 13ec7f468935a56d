using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Floe.Emulators.Postgres;

/// <summary>initdb and postgres of one installation.</summary>
internal sealed partial record PostgresBinaries(string Directory, string Version)
{
    public string Initdb => Path.Combine(Directory, "initdb");

    public string Server => Path.Combine(Directory, "postgres");

    /// <summary>"18" of "18.4": data directories of one major version fit each other.</summary>
    public string Major => Version.Split('.')[0];

    /// <summary>The explicit folder, else npm's package, else, on a platform that npm has no package for, the PATH.</summary>
    /// <exception cref="PostgresFailure">None is there, or it does not run.</exception>
    public static async Task<PostgresBinaries> LocateAsync(string? explicitDirectory, CancellationToken cancellationToken)
    {
        var directory = explicitDirectory is not null ? Explicit(explicitDirectory) : FromNpm() ?? FromPath()
            ?? throw new PostgresFailure($"No PostgreSQL was found: npm's @embedded-postgres/{NpmPlatform} is not installed (build Floe.Emulators, which installs it), no initdb and postgres are on the PATH, and FLOE_POSTGRES_BINDIR is not set.");
        var server = Path.Combine(directory, "postgres");
        var answer = await ToolRun.RunAsync(server, ["--version"], cancellationToken);
        var version = VersionPattern().Match(answer.Output);
        if (answer.ExitCode != 0 || !version.Success)
            throw new PostgresFailure($"{server} does not run on this machine: {answer.LastLine}");
        return new PostgresBinaries(directory, version.Value);
    }

    private static string NpmPlatform =>
        $"{(OperatingSystem.IsMacOS() ? "darwin" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    private static string Explicit(string directory) => IsInstallation(directory) ? Path.GetFullPath(directory)
        : throw new PostgresFailure($"The folder {directory} given for PostgreSQL's binaries has no initdb and postgres; correct --bin-dir or FLOE_POSTGRES_BINDIR.");

    private static string? FromNpm()
    {
        var root = typeof(PostgresBinaries).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == "NativePartsRoot")?.Value;
        if (root is null)
            return null;
        var package = Path.Combine(root, "@embedded-postgres", NpmPlatform);
        var directory = Path.Combine(package, "native", "bin");
        if (!IsInstallation(directory))
            // Another PostgreSQL on the PATH would be of another version: taken only where npm has none for this platform.
            return !System.IO.Directory.Exists(Path.Combine(root, "@embedded-postgres"))
                ? null
                : throw new PostgresFailure($"PostgreSQL's programs initdb and postgres are missing from {directory}, so node_modules is only half installed: delete it and build again, or name other programs by --bin-dir or Floe:PostgresBinDirectory.");
        LibraryLinks.Ensure(package);
        return directory;
    }

    private static string? FromPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(IsInstallation);

    private static bool IsInstallation(string directory) =>
        File.Exists(Path.Combine(directory, "initdb")) && File.Exists(Path.Combine(directory, "postgres"));

    [GeneratedRegex(@"\d+(\.\d+)+|\d+(?=\D*$)")]
    private static partial Regex VersionPattern();
}
