using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

// append NS.TABLE[,NS.TABLE] WRITER FROM TO   commits rows (writer, n) for n = FROM .. TO - 1 to each of the tables, one n per commit; an n that the
//                                             tables have already, as their snapshots' summaries tell, is left out
// cache TIMES LOCATION..                      asks the cache for the files in turn and prints one line per file whose copy is not as large as the location says
// The library's settings come from the environment. FLOE_FAULT_POINT=NAME: SIGKILL to this very process when the library reaches that point.
const string Run = "test.run";
if (Environment.GetEnvironmentVariable("FLOE_FAULT_POINT") is { Length: > 0 } point)
{
    FaultPoints.Hook = name =>
    {
        if (name == point)
            Process.GetCurrentProcess().Kill();
    };
}

var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
var collection = new ServiceCollection();
collection.AddSingleton<IConfiguration>(configuration);
collection.AddLogging();
collection.AddLakehouse(configuration);
await using var services = collection.BuildServiceProvider();

switch (args)
{
    case ["append", var names, var writer, var from, var to]:
        var tables = names.Split(',').Select(TableIdentifier.Parse).ToList();
        for (var n = Number(from); n < Number(to); n++)
            await AppendAsync(tables, Number(writer), n);
        return 0;
    case ["cache", var times, .. var locations]:
        return await ReadCacheAsync(Number(times), locations);
    default:
        Console.Error.WriteLine("append TABLES WRITER FROM TO | cache TIMES LOCATION..");
        return 2;
}

async Task AppendAsync(IReadOnlyList<TableIdentifier> identifiers, int writer, int n)
{
    var catalog = services.GetRequiredService<ICatalog>();
    var run = $"{writer}.{n}";
    var tables = await Task.WhenAll(identifiers.Select(id => catalog.LoadTableAsync(id, default)));
    if (tables.All(t => t.Metadata.Snapshots.Any(s => s.Summary.GetValueOrDefault(Run) == run)))
        return;

    using var db = new DuckDBConnection("Data Source=:memory:;threads=1");
    db.Open();
    var transactions = new List<Transaction>();
    foreach (var table in tables)
    {
        var files = await services.GetRequiredService<ParquetWriter>().WriteAsync(table, db, $"SELECT {writer}::INTEGER AS writer, {n}::BIGINT AS n", default);
        transactions.Add(table.NewTransaction().Append(files).WithSummary(Run, run));
    }

    if (transactions is [var only])
        await only.CommitAsync(default);
    else
        await catalog.CommitTransactionAsync([.. await Task.WhenAll(transactions.Select(t => t.PrepareAsync(default)))], default);
}

async Task<int> ReadCacheAsync(int times, IReadOnlyList<string> locations)
{
    // A file holds its own size many times over: any other content than that is a wrong one.
    var cache = services.GetRequiredService<DataFileCache>();
    var random = new Random(Environment.ProcessId);
    var wrong = 0;
    for (var i = 0; i < times; i++)
    {
        var location = locations[random.Next(locations.Count)];
        var bytes = await File.ReadAllBytesAsync(await cache.GetAsync(location, default));
        var expected = int.Parse(Path.GetFileNameWithoutExtension(location), CultureInfo.InvariantCulture);
        if (bytes.Length == expected && bytes.AsSpan().IndexOfAnyExcept((byte)expected) < 0)
            continue;
        Console.WriteLine($"{location}: {bytes.Length} bytes");
        wrong++;
    }

    return wrong == 0 ? 0 : 1;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
