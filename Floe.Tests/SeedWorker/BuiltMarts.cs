using DuckDB.NET.Data;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>Three batches with every kind of defect and orders that go on, and the models built over them.</summary>
public sealed class BuiltMarts : IAsyncLifetime
{
    internal static readonly DateTimeOffset AsOf = GeneratedShop.Clock.AddDays(10);

    internal List<ShopGenerator> Batches { get; } = [];

    internal DuckDBConnection Database { get; private set; } = null!;

    internal IReadOnlyList<TestResult> Tests { get; private set; } = [];

    public async Task InitializeAsync()
    {
        var options = GeneratedShop.Options(o => (o.DuplicateRate, o.LateArrivalRate) = (0.01, 0.05));
        var one = BatchPlan.First(options, GeneratedShop.Clock);
        var two = one.Next(300, GeneratedShop.Clock.AddDays(2), options);
        // More than a week later, and nothing of the third is late, so that all of the truth has arrived.
        var three = two.Next(50, AsOf, GeneratedShop.Options(o => o.DuplicateRate = 0.01));
        Batches.AddRange([new ShopGenerator(one), new ShopGenerator(two), new ShopGenerator(three)]);
        Database = GeneratedShop.Load([.. Batches]);

        var runner = new DbtRunner(DbtProject.Load(DbtFolder.Shipped), new Dictionary<string, string> { ["as_of"] = $"timestamp '{AsOf:yyyy-MM-dd HH:mm:ss}'" }, TimeProvider.System);
        await runner.BuildAsync(Database, default);
        Tests = await runner.TestAsync(Database, default);
    }

    public Task DisposeAsync()
    {
        Database.Dispose();
        return Task.CompletedTask;
    }
}
