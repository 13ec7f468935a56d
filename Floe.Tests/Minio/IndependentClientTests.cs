using Floe.Tests.Clients;
using System.Reflection;

namespace Floe.Tests.Minio;

/// <summary>
/// The store judged by clients that share no code with it or with AWSSDK.S3: npm's minio (always), Debian's rclone and s3cmd (where
/// installed). AWSSDK.S3 alone misses faults that these stumble over.
/// </summary>
[Trait("Category", "Conformance")]
public sealed class IndependentClientTests(MinioFixture minio) : IClassFixture<MinioFixture>, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("floe-minio-clients-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SkippableFact]
    public async Task Npm_minio_is_content()
    {
        var modules = typeof(IndependentClientTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "NativePartsRoot").Value!;
        var node = Installed("node", "Node.js 20 or newer");
        Skip.IfNot(Directory.Exists(Path.Combine(modules, "minio")), $"SKIPPED: the npm package minio is not in {modules} (npm ci with development packages installs it), so this client judged nothing.");
        var output = await ClientProgram.RunAsync(node, new Dictionary<string, string?>
        {
            ["MODULES"] = modules, ["ENDPOINT"] = minio.Endpoint, ["ACCESS_KEY"] = minio.AccessKey, ["SECRET_KEY"] = minio.SecretKey, ["NESTED"] = minio.IsEmbedded ? "yes" : "no",
        }, Path.Combine(AppContext.BaseDirectory, "Minio", "minio-client.mjs"));
        Assert.Equal(12, output.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task Rclone_is_content()
    {
        var rclone = Installed("rclone", "apt-get install rclone");
        var source = Tree("source");
        var environment = new Dictionary<string, string?>
        {
            ["RCLONE_CONFIG"] = Path.Combine(_directory, "rclone.conf"),
            ["RCLONE_CONFIG_S_TYPE"] = "s3",
            ["RCLONE_CONFIG_S_PROVIDER"] = "Other",
            ["RCLONE_CONFIG_S_ENDPOINT"] = minio.Endpoint,
            ["RCLONE_CONFIG_S_ACCESS_KEY_ID"] = minio.AccessKey,
            ["RCLONE_CONFIG_S_SECRET_ACCESS_KEY"] = minio.SecretKey,
            ["RCLONE_CONFIG_S_FORCE_PATH_STYLE"] = "true",
            // rclone 1.60 crashes on it.
            ["AWS_CA_BUNDLE"] = null,
        };
        File.WriteAllText(environment["RCLONE_CONFIG"]!, "");
        Task<string> Run(params string[] arguments) => ClientProgram.RunAsync(rclone, environment, arguments);

        await Run("mkdir", "s:rclone-test");
        await Run("copy", source, "s:rclone-test/tree", "--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M", "--s3-upload-concurrency", "4");
        await Run("check", "--download", source, "s:rclone-test/tree");
        Assert.Equal(Files(source), (await Run("lsf", "-R", "--files-only", "--s3-list-chunk", "10", "s:rclone-test/tree")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        await Run("moveto", "s:rclone-test/tree/empty", "s:rclone-test/tree/moved ä");
        await Run("sync", "s:rclone-test/tree", Path.Combine(_directory, "back"));
        File.Move(Path.Combine(source, "empty"), Path.Combine(source, "moved ä"));
        Equal(source, Path.Combine(_directory, "back"));
        await Run("purge", "s:rclone-test");
        Assert.DoesNotContain("rclone-test", await Run("lsd", "s:"));
    }

    [SkippableFact]
    public async Task S3cmd_is_content()
    {
        var s3cmd = Installed("s3cmd", "apt-get install s3cmd");
        var source = Tree("source");
        var authority = new Uri(minio.Endpoint).Authority;
        var config = Path.Combine(_directory, "s3cmd.conf");
        File.WriteAllText(config, $"[default]\naccess_key = {minio.AccessKey}\nsecret_key = {minio.SecretKey}\nhost_base = {authority}\nhost_bucket = {authority}\nuse_https = False\nmultipart_chunk_size_mb = 5\n");
        Task<string> Run(params string[] arguments) =>
            ClientProgram.RunAsync(s3cmd, new Dictionary<string, string?> { ["LC_ALL"] = "C.UTF-8" }, ["-c", config, "--no-progress", .. arguments]);

        await Run("mb", "s3://s3cmd-test");
        await Run("sync", source + "/", "s3://s3cmd-test/tree/");
        var listed = await Run("ls", "-r", "s3://s3cmd-test/");
        Assert.Equal(Files(source).Select(f => "s3://s3cmd-test/tree/" + f), listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[l.IndexOf("s3://", StringComparison.Ordinal)..]).Order(StringComparer.Ordinal));
        var back = Directory.CreateDirectory(Path.Combine(_directory, "back")).FullName;
        await Run("sync", "s3://s3cmd-test/tree/", back + "/");
        Equal(source, back);
        await Run("cp", "s3://s3cmd-test/tree/dir/ключ", "s3://s3cmd-test/copy of it");
        Assert.Contains("MD5 sum", await Run("info", "s3://s3cmd-test/copy of it"));
        Assert.Contains("s3cmd-test", await Run("info", "s3://s3cmd-test"));
        await Run("rb", "--recursive", "--force", "s3://s3cmd-test");
        Assert.DoesNotContain("s3cmd-test", await Run("ls"));
    }

    private static string Installed(string program, string remedy)
    {
        var path = ClientProgram.Find(program);
        Skip.If(path is null, $"SKIPPED: {program} is not installed ({remedy}), so this client judged nothing.");
        return path;
    }

    /// <summary>Files that clients find hard: unicode, blanks, empty, and one that goes up in parts.</summary>
    private string Tree(string name)
    {
        var root = Directory.CreateDirectory(Path.Combine(_directory, name)).FullName;
        Directory.CreateDirectory(Path.Combine(root, "dir", "sub dir+%"));
        var random = new Random(3);
        for (var i = 0; i < 25; i++)
            File.WriteAllText(Path.Combine(root, "dir", $"f{i:00}"), new string((char)('a' + i), i * 100));
        File.WriteAllText(Path.Combine(root, "dir", "ключ"), "unicode");
        File.WriteAllText(Path.Combine(root, "dir", "sub dir+%", "a b+c=d&e#f'g"), "odd");
        File.WriteAllText(Path.Combine(root, "empty"), "");
        var big = new byte[12 * 1024 * 1024];
        random.NextBytes(big);
        File.WriteAllBytes(Path.Combine(root, "big"), big);
        return root;
    }

    private static string[] Files(string root) =>
        [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f)).Order(StringComparer.Ordinal)];

    private static void Equal(string expected, string actual)
    {
        Assert.Equal(Files(expected), Files(actual));
        foreach (var file in Files(expected))
            Assert.True(File.ReadAllBytes(Path.Combine(expected, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual, file))), $"{file} came back changed.");
    }
}
