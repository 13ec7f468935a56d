using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Floe.Tests.Minio;
using Floe.Tests.Polaris;

namespace Floe.Tests.Emulators;

/// <summary>Each emulator started by hand, without any environment: it tells where it is and how to connect, and its keys last.</summary>
public sealed class AloneTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("floe-alone-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Minio_makes_its_keys_once_tells_no_secret_and_ends_by_Ctrl_C()
    {
        var file = Path.Combine(_directory, ".floe", "minio", "credentials");
        IReadOnlyDictionary<string, string> first;
        await using (var store = EmulatorProcess.Start(_directory, ["minio", "--port", "0"]))
        {
            var url = await store.AddressAsync();
            first = Values(file);
            using var s3 = MinioFixture.ClientFor(url, first["AWS_ACCESS_KEY_ID"], first["AWS_SECRET_ACCESS_KEY"]);
            await s3.PutBucketAsync("demo");
            await store.SaysAsync("Ctrl-C ends it");
            Assert.Contains($"set -a; . '{file}'; set +a", store.Output);
            store.Signal("INT");
            Assert.Equal(0, await store.ExitAsync());
            Assert.DoesNotContain(first["AWS_SECRET_ACCESS_KEY"], store.Output);
            Assert.Empty(store.Errors);
        }
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        await using (var store = EmulatorProcess.Start(_directory, ["minio", "--port", "0"]))
        {
            using var s3 = MinioFixture.ClientFor(await store.AddressAsync(), first["AWS_ACCESS_KEY_ID"], first["AWS_SECRET_ACCESS_KEY"]);
            Assert.Equal("demo", Assert.Single((await s3.ListBucketsAsync()).Buckets).BucketName);
        }

        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var (code, _, errors) = await EmulatorProcess.RunAsync(_directory, ["minio", "--port", "0"]);
        Assert.Equal(78, code);
        Assert.Contains("chmod 600", errors);
    }

    [Fact]
    public async Task Minio_puts_no_keys_into_a_folder_that_is_not_its_own_and_takes_no_half_pair()
    {
        File.WriteAllText(Path.Combine(_directory, "precious.txt"), "mine");
        var (code, _, errors) = await EmulatorProcess.RunAsync(_directory, ["minio", "--data", ".", "--port", "0"]);
        Assert.Equal(74, code);
        Assert.Contains("precious.txt", errors);
        Assert.False(File.Exists(Path.Combine(_directory, "credentials")));

        (code, _, errors) = await EmulatorProcess.RunAsync(_directory, ["minio", "--port", "0"], ("MINIO_ROOT_USER", "somebody"));
        Assert.Equal(78, code);
        Assert.StartsWith("MINIO_ROOT_USER is set but MINIO_ROOT_PASSWORD is not", errors);
    }

    [Fact]
    public async Task The_printed_lines_work_in_a_shell()
    {
        await using var store = EmulatorProcess.Start(_directory, ["minio", "--data", "a store's folder", "--port", "0"]);
        await store.SaysAsync("Ctrl-C ends it");
        var lines = store.Output.Split('\n').Select(line => line.Trim()).ToList();
        var source = lines.Single(line => line.StartsWith("set -a", StringComparison.Ordinal));
        Assert.Equal("floe 28", await ShellAsync($"{source}; printf '%s %s' \"$AWS_ACCESS_KEY_ID\" \"${{#AWS_SECRET_ACCESS_KEY}}\""));
        if (Clients.ClientProgram.Find("rclone") is not null)
        {
            var list = lines.Single(line => line.StartsWith("rclone", StringComparison.Ordinal));
            await ShellAsync($"unset AWS_CA_BUNDLE; {source}; {list.Replace(" lsd ", " mkdir ", StringComparison.Ordinal)[..^1]}demo\"; {list}".Replace(":\"demo", ":demo", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Polaris_brings_its_PostgreSQL_and_everything_outlives_Ctrl_C_and_kill()
    {
        await using var store = EmulatorProcess.Start(_directory, ["minio", "--port", "0"]);
        var storeUrl = await store.AddressAsync();
        var keys = Values(Path.Combine(_directory, ".floe", "minio", "credentials"));
        using (var s3 = MinioFixture.ClientFor(storeUrl, keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"]))
            await s3.PutBucketAsync("demo");

        string token;
        int postgres;
        var file = Path.Combine(_directory, "catalog", "credentials");
        // The store's keys come from where the store, started in the same folder, has left them.
        string[] command = ["polaris", "--port", "0", "--management-port", "0", "--data", "catalog"];
        await using (var catalog = EmulatorProcess.Start(_directory, command))
        {
            var api = await ApiAsync(catalog);
            var root = Values(file);
            token = await api.SignInAsync(root["POLARIS_CLIENT_ID"], root["POLARIS_CLIENT_SECRET"]);
            Assert.Equal(201, (await api.SendAsync("POST", "/api/management/v1/catalogs", Catalog(storeUrl), token)).Status);
            Assert.Equal(200, (await api.SendAsync("POST", "/api/catalog/v1/demo/namespaces", new JsonObject { ["namespace"] = new JsonArray("n") }, token)).Status);
            postgres = await PostgresPortAsync(catalog);
            catalog.Signal("INT");
            Assert.Equal(0, await catalog.ExitAsync());
            Assert.Empty(catalog.Errors);
            Assert.DoesNotContain(root.Values.Where(value => value != "root"), secret => catalog.Output.Contains(secret, StringComparison.Ordinal));
        }
        await NothingListensAsync(postgres);

        await using (var catalog = EmulatorProcess.Start(_directory, command))
        {
            var api = await ApiAsync(catalog);
            // Also the token of before: the key that signs is kept.
            Assert.Equal(204, (await api.SendAsync("HEAD", "/api/catalog/v1/demo/namespaces/n", token: token)).Status);
            postgres = await PostgresPortAsync(catalog);
            await catalog.KillAsync();
        }
        await NothingListensAsync(postgres);

        await using (var catalog = EmulatorProcess.Start(_directory, command))
            Assert.Equal(204, (await (await ApiAsync(catalog)).SendAsync("HEAD", "/api/catalog/v1/demo/namespaces/n", token: token)).Status);
    }

    [Fact]
    public async Task Polaris_ends_when_its_PostgreSQL_does()
    {
        await using var catalog = EmulatorProcess.Start(_directory, ["polaris", "--port", "0", "--management-port", "0"], ("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s"));
        await catalog.SaysAsync("The catalog is ready");
        var pid = File.ReadLines(Path.Combine(_directory, ".floe", "polaris", "postgres", "pgdata", "postmaster.pid")).First();
        EmulatorProcess.Signal(int.Parse(pid), "KILL");
        Assert.Equal(1, await catalog.ExitAsync());
        Assert.Contains("PostgreSQL ended unexpectedly", catalog.Errors);
    }

    [Fact]
    public async Task Polaris_says_what_is_missing_or_too_much()
    {
        var (code, _, errors) = await EmulatorProcess.RunAsync(_directory, ["polaris", "--port", "0", "--management-port", "0"]);
        Assert.Equal(78, code);
        Assert.Contains("AWS_ACCESS_KEY_ID", errors);
        Assert.False(Directory.Exists(Path.Combine(_directory, ".floe")));

        (code, _, errors) = await EmulatorProcess.RunAsync(_directory, ["polaris", "--data", "x"], ("QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://127.0.0.1:1/x"));
        Assert.Equal(64, code);
        Assert.Contains("--data is for a PostgreSQL of its own", errors);

        (code, _, errors) = await EmulatorProcess.RunAsync(_directory, ["polaris"], ("QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://127.0.0.1:1/x"), ("POLARIS_BOOTSTRAP_CREDENTIALS", "POLARIS,a,b"));
        Assert.Equal(78, code);
        Assert.Contains("QUARKUS_DATASOURCE_USERNAME is missing", errors);
        Assert.DoesNotContain('\n', errors);
    }

    internal static IReadOnlyDictionary<string, string> Values(string file) =>
        File.ReadLines(file).Where(line => !line.StartsWith('#')).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    internal static JsonObject Catalog(string storeUrl) => new()
    {
        ["catalog"] = new JsonObject
        {
            ["name"] = "demo",
            ["type"] = "INTERNAL",
            ["properties"] = new JsonObject { ["default-base-location"] = "s3://demo/lake" },
            ["storageConfigInfo"] = new JsonObject { ["storageType"] = "S3", ["endpoint"] = storeUrl, ["pathStyleAccess"] = true, ["stsUnavailable"] = true },
        },
    };

    private static async Task<PolarisApi> ApiAsync(EmulatorProcess catalog)
    {
        var url = await catalog.AddressAsync();
        var management = (await catalog.SaysAsync(@"ready (http://127\.0\.0\.1:\d+)/q/health/ready")).Groups[1].Value;
        var api = new PolarisApi(url, management);
        await api.UntilReadyAsync();
        return api;
    }

    private static async Task<int> PostgresPortAsync(EmulatorProcess catalog) =>
        int.Parse((await catalog.SaysAsync(@"is ready on 127\.0\.0\.1:(\d+)")).Groups[1].Value);

    private static async Task NothingListensAsync(int port)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
                await Task.Delay(20, patience.Token);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private Task<string> ShellAsync(string command) =>
        Clients.ClientProgram.RunAsync("/bin/sh", new Dictionary<string, string?> { ["HOME"] = _directory, ["AWS_CA_BUNDLE"] = null }, "-ec", $"cd '{_directory}'\n{command}");
}
