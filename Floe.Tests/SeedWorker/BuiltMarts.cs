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

    internal IReadOnlyList<NodeResult> Tests { get; private set; } = [];

    public async Task InitializeAsync()
    {
        var options = GeneratedShop.Options(o => (o.DuplicateRate, o.LateArrivalRate) = (0.01, 0.05));
        var one = BatchPlan.First(options, GeneratedShop.Clock);
        var two = one.Next(300, GeneratedShop.Clock.AddDays(2), options);
        // More than a week later, and nothing of the third is late, so that all of the truth has arrived.
        var three = two.Next(50, AsOf, GeneratedShop.Options(o => o.DuplicateRate = 0.01));
        Batches.AddRange([new ShopGenerator(one), new ShopGenerator(two), new ShopGenerator(three)]);
        Database = GeneratedShop.Load([.. Batches]);

        Tests = [.. (await BuildAsync(Database, AsOf)).Tests];
    }

    /// <summary>Builds and tests the project's models in the database.</summary>
    internal static async Task<DbtResults> BuildAsync(DuckDBConnection db, DateTimeOffset asOf, bool fullRefresh = true)
    {
        var vars = new Dictionary<string, string> { ["as_of"] = $"timestamp '{asOf:yyyy-MM-dd HH:mm:ss}'" };
        var results = await new DbtRunner(DbtProject.Load(DbtFolder.Shipped), vars, new TableStore(fullRefresh), TimeProvider.System).RunAsync(db, DbtVerb.Build, null, default);
        if (results.Nodes.FirstOrDefault(n => n.Status == NodeStatus.Error) is { } error)
            throw new InvalidOperationException(error.Message);
        return results;
    }

    public Task DisposeAsync()
    {
        Database.Dispose();
        return Task.CompletedTask;
    }
}
