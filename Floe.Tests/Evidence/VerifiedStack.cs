using Floe.Emulators.Marquez;
using Floe.SeedWorker.Evidence;
using Floe.SeedWorker.Jobs;
using Floe.Tests.Cube;
using Floe.Tests.SeedWorker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.Tests.Evidence;

/// <summary>A whole small stack in this process, real services all of them, seeded: for checks that find it well, and after something is broken.</summary>
public sealed class VerifiedStack : IAsyncLifetime
{
    private readonly Street _street = new();
    private readonly DbtFolder _project = DbtFolder.CopyOfShipped();
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-evidence-").FullName;
    private WebApplication? _marquez;
    private WebApplication? _worker;
    private RunningCube? _cube;

    internal WebApplication Worker => _worker!;

    internal HttpClient Http { get; private set; } = null!;

    internal DbtFolder Project => _project;

    internal Dictionary<string, string?> Settings { get; private set; } = null!;

    /// <summary>As the AppHost makes it.</summary>
    internal EvidenceRequest Request { get; } = new(Token(1_900_000_000), Token(1_900_000_000, "\"role\":\"support\",\"region\":\"EMEA\""), Token(1_760_000_001), 10);

    /// <summary>A part of the worker.</summary>
    internal T Get<T>() where T : notnull => Worker.Services.GetRequiredService<T>();

    /// <summary>A check as the worker has it.</summary>
    internal IEvidenceCheck Check(string name) => Worker.Services.GetServices<IEvidenceCheck>().Single(check => check.Name == name);

    public async Task InitializeAsync()
    {
        await _street.InitializeAsync();
        Settings = await _street.NewLakehouseAsync();
        _marquez = MarquezServer.Create(new() { Port = 0, AdminPort = 0, ConnectionString = (await _street.NewLakehouseAsync())["ConnectionStrings:floe"]! });
        await _marquez.StartAsync();
        (Settings["Generation:Customers"], Settings["Generation:Products"], Settings["Generation:Orders"]) = ("50", "20", "200");
        (Settings["Lineage:Url"], Settings["Lineage:OutboxDirectory"]) = (_marquez.Urls.First(), Path.Combine(_folder, "worker"));
        Settings["Transform:ProjectDirectory"] = _project.Root;
        // A run that fails fails at once.
        Settings["Retry:Attempts"] = "1";
        _cube = await CubeAsync(Path.Combine(AppContext.BaseDirectory, "model"));
        _worker = Street.Worker(Settings, settings =>
        {
            settings["Evidence:CubeUrl"] = _cube.Client.BaseAddress!.ToString();
            // A busy machine is not what the tests look for.
            settings["Evidence:TimeoutSeconds"] = "120";
        });
        await _worker.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(_worker.Urls.First()) };
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await Get<WorkerState>().WhenSetUpAsync(patience.Token);
        while ((await Get<RunStore>().ListAsync(1, patience.Token)) is not [{ State: RunState.Completed }])
            await Task.Delay(50, patience.Token);
        await _cube.WhenReadyAsync();
    }

    /// <summary>A CubeProxy on this lakehouse with a model of its own.</summary>
    internal Task<RunningCube> CubeAsync(string model) => RunningCube.StartAsync(model, null, settings: new Dictionary<string, string?>(Settings)
    {
        ["ConnectionStrings:lakehouse"] = Settings["ConnectionStrings:lakehouse_reader"],
        ["Lineage:OutboxDirectory"] = Path.Combine(_folder, Guid.NewGuid().ToString("N")),
    });

    public async Task DisposeAsync()
    {
        Http?.Dispose();
        if (_worker is not null)
        {
            await _worker.StopAsync();
            await _worker.DisposeAsync();
        }

        if (_cube is not null)
            await _cube.DisposeAsync();
        if (_marquez is not null)
            await _marquez.DisposeAsync();
        await _street.DisposeAsync();
        _project.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal static string Token(long expires, string? claims = null) =>
        Tokens.Sign($$"""{"iat":1760000000,"exp":{{expires}}{{(claims is null ? "" : $",{claims}")}}}""", RunningCube.LakehouseSecret);
}
