using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Tests.Postgres;
using Floe.Tests.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.Tests.EndToEnd;

/// <summary>The whole AppHost, once for all end-to-end tests: real PostgreSQL, real DuckDB, real dashboard, on a data directory of its own.</summary>
public class FloeStackFixture : IAsyncLifetime
{
    private static readonly JsonSerializerOptions s_withFields = new() { IncludeFields = true };

    private readonly string _data = Directory.CreateTempSubdirectory("floe-e2e-").FullName;
    private DistributedApplication? _app;

    public DistributedApplication App => _app ?? throw new InvalidOperationException("The stack is not started.");

    public ResourceNotificationService Resources => App.Services.GetRequiredService<ResourceNotificationService>();

    public IConfiguration Configuration => App.Services.GetRequiredService<IConfiguration>();

    /// <summary>A client of Cube's API with a valid token.</summary>
    public HttpClient CubeProxy { get; private set; } = null!;

    public HttpClient SeedWorker { get; private set; } = null!;

    public string Token { get; private set; } = "";

    /// <summary>What all services send to the dashboard.</summary>
    internal OtlpRelay Telemetry { get; private set; } = null!;

    /// <summary>What worker and CubeProxy send beside that, in the place that Jaeger has in container mode.</summary>
    internal OtlpRelay SecondReceiver { get; private set; } = null!;

    /// <summary>Why there is no stack, and what to do; null: there is one.</summary>
    public string? Missing { get; private set; }

    /// <summary>How long a start may take.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromMinutes(5);

    /// <summary>Arguments of the AppHost: where the services come from.</summary>
    protected virtual IReadOnlyList<string> Services => ["--Floe:Services=embedded", $"--Floe:DataDirectory={_data}"];

    /// <summary>The real dashboard's address.</summary>
    public Uri DashboardUrl { get; } = new($"http://localhost:{PostgresLauncher.FreePort()}");

    public async Task InitializeAsync()
    {
        Missing = FindMissing();
        if (Missing is not null)
            return;
        using var timeout = new CancellationTokenSource(Patience);
        // Inherited by the worker: no orders but those that tests ask for.
        Environment.SetEnvironmentVariable("Schedule__Cron", "");
        Environment.SetEnvironmentVariable("Evidence__TimeoutSeconds", "120");
        var otlp = new Uri($"http://localhost:{PostgresLauncher.FreePort()}");
        Telemetry = await OtlpRelay.StartAsync(otlp);
        SecondReceiver = await OtlpRelay.StartAsync();
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Floe_AppHost>(
            [
                .. Services,
                $"--ASPNETCORE_URLS={DashboardUrl}", $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL={otlp}", "--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true",
            ],
            static (options, _) => options.DisableDashboard = false,
            timeout.Token);
        foreach (var resource in builder.Resources.OfType<IResourceWithEnvironment>())
            resource.Annotations.Add(new EnvironmentCallbackAnnotation(ThroughRelay));
        Change(builder);
        Missing = FindMissing(builder.Resources);
        if (Missing is not null)
        {
            await builder.DisposeAsync();
            return;
        }
        _app = await builder.BuildAsync(timeout.Token);
        await _app.StartAsync(timeout.Token);
        await Resources.WaitForResourceHealthyAsync("seedworker", timeout.Token);
        await Resources.WaitForResourceHealthyAsync("cubeproxy", timeout.Token);

        var secret = (ParameterResource)App.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(r => r.Name == "cube-api-secret");
        var now = DateTimeOffset.UtcNow;
        Token = Floe.AppHost.Startup.CubeToken.Create((await secret.GetValueAsync(timeout.Token))!, now, now.AddHours(1));
        CubeProxy = App.CreateHttpClient("cubeproxy", "http");
        CubeProxy.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(Token);
        SeedWorker = App.CreateHttpClient("seedworker", "http");
    }

    public virtual async Task DisposeAsync()
    {
        CubeProxy?.Dispose();
        SeedWorker?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        _app = null;
        if (Telemetry is not null)
            await Telemetry.DisposeAsync();
        Telemetry = null!;
        if (SecondReceiver is not null)
            await SecondReceiver.DisposeAsync();
        SecondReceiver = null!;
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }

    /// <summary>What a stack needs that this machine lacks.</summary>
    protected virtual string? FindMissing() => null;

    /// <summary>What the resources need that this machine lacks.</summary>
    protected virtual string? FindMissing(IEnumerable<IResource> resources) => null;

    /// <summary>Changes the model before it is built.</summary>
    protected virtual void Change(IDistributedApplicationBuilder builder)
    {
    }

    private void ThroughRelay(EnvironmentCallbackContext context)
    {
        // A container does not reach the loopback address of this process.
        if (context.EnvironmentVariables.ContainsKey("OTEL_EXPORTER_OTLP_ENDPOINT") && context.Resource is not ContainerResource && context.Resource.Name != "aspire-dashboard")
            context.EnvironmentVariables["OTEL_EXPORTER_OTLP_ENDPOINT"] = Telemetry.Endpoint;
        // Where containers run this is Jaeger's already.
        if (context.Resource is ProjectResource)
            context.EnvironmentVariables.TryAdd("Telemetry__TracesAlsoTo", SecondReceiver.Endpoint);
    }

    /// <summary>A connection to the SQL API, at the address that the stack gives it and with the password that it made.</summary>
    public async Task<Npgsql.NpgsqlConnection> ConnectSqlAsync()
    {
        var password = (ParameterResource)App.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(r => r.Name == "cube-sql-password");
        var address = App.GetEndpoint("cubeproxy", "sql");
        var connection = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder
        {
            Host = address.Host, Port = address.Port, Username = "cube", Password = await password.GetValueAsync(CancellationToken.None), Database = "cube", Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Rows of one query of Cube's API.</summary>
    public async Task<JsonArray> LoadAsync(string query)
    {
        using var response = await CubeProxy.GetAsync($"/cubejs-api/v1/load?query={Uri.EscapeDataString(query)}");
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonNode.Parse(body)!["data"]!.AsArray();
    }

    /// <summary>Waits until no run goes on and the answers are made of the tables' latest snapshots: from then on only the test that asked changes what is counted.</summary>
    public async Task SettleAsync()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:minio"] = await App.GetConnectionStringAsync("minio"),
            ["ConnectionStrings:lakehouse"] = await App.GetConnectionStringAsync("lakehouse-reader"),
        }).Build();
        await using var lakehouse = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddLakehouse(configuration).BuildServiceProvider();
        var catalog = lakehouse.GetRequiredService<ICatalog>();
        await EventuallyAsync(
            async () =>
            {
                var running = JsonNode.Parse(await SeedWorker.GetStringAsync("/api/runs"))!["runs"]!.AsArray().Count(run => (string?)run!["state"] is "pending" or "running");
                var (served, committed) = (new List<string>(), new List<string>());
                foreach (var table in JsonNode.Parse(await CubeProxy.GetStringAsync("/api/freshness"))!["tables"]!.AsArray())
                {
                    var name = (string)table!["table"]!;
                    served.Add($"{name} {table["snapshot"]}");
                    committed.Add($"{name} {(await catalog.LoadTableAsync(TableIdentifier.Parse(name), CancellationToken.None)).Metadata.CurrentSnapshotId}");
                }
                return (Running: running, Served: string.Join(", ", served), Committed: string.Join(", ", committed));
            },
            now => now.Running == 0 && now.Served.Length > 0 && now.Served == now.Committed,
            "no run under way and answers of the latest snapshots");
    }

    /// <summary>Asks until <paramref name="done"/> holds.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> done, string what)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            var answer = await ask();
            if (done(answer))
                return answer;
            if (timeout.IsCancellationRequested)
                Assert.Fail($"{what} did not come about within three minutes; last: {JsonSerializer.Serialize(answer, s_withFields)}");
            await Task.Delay(200, CancellationToken.None);
        }
    }
}
