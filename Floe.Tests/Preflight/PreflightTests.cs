using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Floe.AppHost.Preflight;
using Floe.Tests.Emulators;
using Floe.Tests.Lakehouse;
using Floe.Tests.Postgres;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Floe.Tests.Preflight;

/// <summary>Each check against a real service, and against the same service broken in every way that it must find.</summary>
public sealed class PreflightTests(StoreAndCatalog services) : IClassFixture<StoreAndCatalog>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-preflight-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_works_is_ok_and_the_report_keeps_the_contract()
    {
        var bucket = await services.Minio.NewBucketAsync();
        var (config, variables) = await AllAsync(bucket);
        using var cluster = new ScriptedCluster(_folder);
        var report = await RunAsync(config with { Kubectl = cluster.Kubectl, Ports = [PostgresLauncher.FreePort()], Environment = "test" }, variables);
        Assert.All(report.Checks, check => Assert.True(check.Status == PreflightStatus.Ok || check.Remediation!.Contains("is slow", StringComparison.Ordinal), check.ToString()));
        Assert.Equal(0, report.ExitCode);
        // The probe object is gone.
        Assert.Empty((await services.Minio.Client.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects ?? []);

        var json = JsonNode.Parse(report.ToJson())!;
        Assert.Equal(["timestamp", "duration_ms", "environment", "checks", "overall_status"], json.AsObject().Select(p => p.Key));
        Assert.Equal("pass", json["overall_status"]!.ToString());
        Assert.Equal(PreflightService.All, json["checks"]!.AsArray().Select(c => c!["service"]!.ToString()));
        Assert.Equal(["service", "status", "message", "duration_ms"], json["checks"]![0]!.AsObject().Select(p => p.Key).Where(k => k is not ("details" or "remediation")));
        Assert.DoesNotContain(services.Minio.SecretKey, report.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AWS_SECRET_ACCESS_KEY", "wrong", "storage", "S3 refused the keys (SignatureDoesNotMatch)", "AWS_SECRET_ACCESS_KEY")]
    [InlineData("AWS_ACCESS_KEY_ID", "nobody", "storage", "S3 refused the keys (InvalidAccessKeyId)", "AWS_ACCESS_KEY_ID")]
    [InlineData("AWS_ACCESS_KEY_ID", null, "storage", "missing_credentials: the environment variable AWS_ACCESS_KEY_ID is not set", "set AWS_ACCESS_KEY_ID")]
    [InlineData("POLARIS_CLIENT_SECRET", "wrong", "catalog", "the catalog refused the login (401)", "POLARIS_CLIENT_SECRET")]
    [InlineData("POLARIS_CLIENT_ID", null, "catalog", "missing_credentials", "set POLARIS_CLIENT_ID")]
    [InlineData("PGPASSWORD", "wrong", "postgres", "PostgreSQL refused: password authentication failed", "check PGUSER and PGPASSWORD")]
    [InlineData("PGPASSWORD", null, "postgres", "missing_credentials", "set PGPASSWORD")]
    public async Task Wrong_credentials_are_told_apart_from_the_rest(string variable, string? value, string service, string message, string remediation)
    {
        var (config, variables) = await AllAsync(await services.Minio.NewBucketAsync());
        variables[variable] = value;
        Broken(await RunAsync(config with { Checks = [service] }, variables), service, message, remediation);
    }

    [Theory]
    [InlineData("storage", "S3 has no bucket no-such-bucket", "create the bucket no-such-bucket")]
    [InlineData("catalog", "the catalog knows no 'nowhere'", "CatalogWarehouse")]
    [InlineData("postgres", "PostgreSQL refused: database \"nowhere\" does not exist", "CREATE DATABASE \"nowhere\"")]
    public async Task A_place_that_is_not_there_is_named(string service, string message, string remediation)
    {
        var (config, variables) = await AllAsync("no-such-bucket");
        Broken(await RunAsync(config with { Checks = [service], CatalogWarehouse = "nowhere", PostgresDatabase = "nowhere" }, variables), service, message, remediation);
    }

    [Theory]
    [InlineData("storage", "cannot be reached")]
    [InlineData("catalog", "cannot be reached")]
    [InlineData("postgres", "cannot be reached")]
    public async Task A_service_that_is_down_cannot_be_reached(string service, string message)
    {
        var (config, variables) = await AllAsync("bucket");
        var port = PostgresLauncher.FreePort();
        Broken(await RunAsync(config with { Checks = [service], StorageEndpoint = $"http://127.0.0.1:{port}", CatalogUri = $"http://127.0.0.1:{port}/api/catalog", PostgresPort = port }, variables), service, message, "check");
    }

    [Fact]
    public async Task A_user_who_may_not_create_is_found()
    {
        var (config, variables) = await AllAsync("bucket");
        await using (var connection = new NpgsqlConnection(services.Postgres.ConnectionString))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("create role preflight_reader login password 'reads'", connection);
            await command.ExecuteNonQueryAsync();
        }
        (variables["PGUSER"], variables["PGPASSWORD"]) = ("preflight_reader", "reads");
        Broken(await RunAsync(config with { Checks = ["postgres"] }, variables), "postgres", "may not create anything", "OWNER TO \"preflight_reader\"");
    }

    [Fact]
    public async Task A_service_that_never_answers_ends_with_the_time_and_holds_up_no_other()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        var (config, variables) = await AllAsync("bucket");
        var time = new ManualTime();
        var running = RunAsync(config with
        {
            Checks = ["compute", "storage", "catalog", "postgres"], TimeoutSeconds = 30,
            StorageEndpoint = $"http://127.0.0.1:{port}", CatalogUri = $"http://127.0.0.1:{port}/api/catalog", PostgresPort = port,
        }, variables, time);

        // Side by side: the one that has its answer is over, and the three others wait at the same time.
        using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1)))
        {
            while (time.Waiting > 3)
                await Task.Delay(5, patience.Token);
        }

        Assert.Equal(3, time.Waiting);
        Assert.False(running.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(30));
        var report = await running.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("fail", report.OverallStatus);
        Assert.NotEqual(PreflightStatus.Error, report.Checks[0].Status);
        Assert.All(report.Checks.Skip(1), check => Assert.Equal((PreflightStatus.Error, "no answer within 30 s"), (check.Status, check.Message)));
    }

    [Fact]
    public async Task What_is_not_configured_is_said_to_be_unchecked()
    {
        var report = await RunAsync(new PreflightConfig { Checks = ["storage", "catalog", "postgres"] }, []);
        Assert.All(report.Checks, check => Assert.Equal((PreflightStatus.Warning, true), (check.Status, check.Message.StartsWith("not checked", StringComparison.Ordinal))));
        Assert.Equal(0, report.ExitCode);
        Assert.StartsWith("[STORAGE] WARNING: not checked: ", report.Checks[0].ToString(), StringComparison.Ordinal);
        Assert.Contains(". Remediation: set Floe:Preflight:StorageBucket", report.Checks[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no context", "kubectl has no current context", "kubectl config use-context")]
    [InlineData("down", "the cluster test does not answer: connection refused", "start the cluster")]
    [InlineData("old", "is Kubernetes 1.20, and Floe's charts need 1.25", "update the cluster")]
    [InlineData("small", "have 2048 MiB for pods, and the stack needs 4096", "give Docker Desktop more memory")]
    [InlineData("forbidden", "nodes cannot be listed", "right to get nodes")]
    [InlineData("missing", "kubectl-that-is-not-there was not found", "install kubectl")]
    public async Task A_cluster_that_does_not_fit_is_refused_with_the_reason(string state, string message, string remediation)
    {
        using var cluster = new ScriptedCluster(_folder, state);
        Broken(await RunAsync(new() { Checks = ["cluster"], Kubectl = cluster.Kubectl, Ports = [] }, []), "cluster", message, remediation);
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var cluster = new ScriptedCluster(_folder);
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Broken(await RunAsync(new() { Checks = ["cluster"], Kubectl = cluster.Kubectl, Ports = [port] }, []), "cluster", $"the local port {port} is taken", "kubectl port-forward");
    }

    [Theory]
    [InlineData("Floe:Preflight:ComputeType", "spark", "config_invalid: Floe:Preflight:ComputeType is 'spark'; it must be duckdb or trino or snowflake or bigquery.")]
    [InlineData("Floe:Preflight:TimeoutSeconds", "4", "it must be a whole number from 5 to 300")]
    [InlineData("Floe:Preflight:PostgresPort", "x", "it must be a whole number from 1 to 65535")]
    [InlineData("Floe:Preflight:CatalogUri", "polaris:8181", "it must be a URL with http or https")]
    [InlineData("Floe:Preflight:Checks", "compute,network", "holds 'network'")]
    [InlineData("Floe:Preflight:Bucket", "x", "is not a setting of Floe")]
    [InlineData("Floe:Preflight:Config", "/no/such/file.yaml", "config_not_found: Floe:Preflight:Config names '/no/such/file.yaml'")]
    public void A_wrong_configuration_is_refused_with_key_value_and_rule(string key, string value, string message) =>
        Assert.Contains(message, Assert.Throws<PreflightConfigurationException>(() => PreflightSettings.Read(Configuration((key, value)))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_file_has_the_attributes_of_the_data_model_and_settings_win_over_it()
    {
        var file = Path.Combine(_folder, "preflight.yaml");
        await File.WriteAllTextAsync(file, "compute_type: trino\ncompute_host: trino.example.com\npostgres_port: 5433\nstorage_type: gcs\nchecks: [compute, postgres]\n");
        var (config, json) = PreflightSettings.Read(Configuration(("Floe:Preflight:Config", file), ("Floe:Preflight:ComputeHost", "other"), ("Floe:Preflight:Json", "true")));
        Assert.Equal(("trino", "other", 5433, "gcs", true), (config.ComputeType, config.ComputeHost, config.PostgresPort, config.StorageType, json));
        Assert.Equal(["compute", "postgres"], config.Checks);

        await File.WriteAllTextAsync(file, "compute: trino\n");
        Assert.Contains("the unknown attribute 'compute'", Assert.Throws<PreflightConfigurationException>(() => PreflightSettings.Read(Configuration(("Floe:Preflight:Config", file)))).Message, StringComparison.Ordinal);
    }

    private static void Broken(PreflightReport report, string service, string message, string remediation)
    {
        var check = Assert.Single(report.Checks);
        Assert.Equal((service, PreflightStatus.Error), (check.Service, check.Status));
        Assert.Contains(message, check.Message, StringComparison.Ordinal);
        Assert.Contains(remediation, check.Remediation, StringComparison.Ordinal);
        Assert.Equal(1, report.ExitCode);
    }

    private static Task<PreflightReport> RunAsync(PreflightConfig config, Dictionary<string, string?> variables, TimeProvider? time = null) =>
        new PreflightRunner(config, new(variables.GetValueOrDefault), time ?? TimeProvider.System).RunAsync(default);

    private async Task<(PreflightConfig Config, Dictionary<string, string?> Variables)> AllAsync(string bucket)
    {
        var warehouse = await CatalogAsync();
        var postgres = new NpgsqlConnectionStringBuilder(services.Postgres.ConnectionString);
        return (
            new()
            {
                StorageBucket = bucket, StorageEndpoint = services.Minio.Endpoint, CatalogUri = $"{services.PolarisEndpoint}/api/catalog", CatalogWarehouse = warehouse,
                PostgresHost = postgres.Host, PostgresPort = postgres.Port, PostgresDatabase = postgres.Database,
            },
            new()
            {
                ["AWS_ACCESS_KEY_ID"] = services.Minio.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = services.Minio.SecretKey,
                ["POLARIS_CLIENT_ID"] = StoreAndCatalog.RootId, ["POLARIS_CLIENT_SECRET"] = StoreAndCatalog.RootSecret,
                ["PGUSER"] = postgres.Username, ["PGPASSWORD"] = postgres.Password,
            });
    }

    /// <summary>A catalog that root may list.</summary>
    private async Task<string> CatalogAsync()
    {
        var name = $"preflight{Guid.NewGuid():N}"[..20];
        using var http = new HttpClient { BaseAddress = new(services.PolarisEndpoint) };
        var login = await http.PostAsync("/api/catalog/v1/oauth/tokens", new FormUrlEncodedContent(
            [new("grant_type", "client_credentials"), new("client_id", StoreAndCatalog.RootId), new("client_secret", StoreAndCatalog.RootSecret), new("scope", "PRINCIPAL_ROLE:ALL")]));
        http.DefaultRequestHeaders.Authorization = new("Bearer", JsonNode.Parse(await login.Content.ReadAsStringAsync())!["access_token"]!.ToString());
        var made = await http.PostAsync("/api/management/v1/catalogs", new StringContent(
            $$$$"""{"catalog":{"name":"{{{{name}}}}","type":"INTERNAL","properties":{"default-base-location":"s3://floe/{{{{name}}}}"},"storageConfigInfo":{"storageType":"S3","allowedLocations":["s3://floe/{{{{name}}}}"],"endpoint":"{{{{services.Minio.Endpoint}}}}","pathStyleAccess":true,"region":"us-east-1","stsUnavailable":true}}}""",
            System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/json")));
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        return name;
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
}
