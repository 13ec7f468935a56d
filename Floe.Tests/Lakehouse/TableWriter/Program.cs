using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

// append NS.TABLE[,NS.TABLE] WRITER FROM TO   commits rows (writer, n) for n = FROM .. TO - 1 to each of the tables, one n per commit; an n that the
//                                             tables have already, as their snapshots' summaries tell, is left out
// cache FOLDER BYTES START SPEED TIMES LOCATION..  asks a cache for the files in turn, by a clock that runs SPEED times as fast since START (ticks), and prints
//                                             one line per copy whose content is not the file's: its own size, over and over
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
    case ["cache", var folder, var bytes, var start, var speed, var times, .. var locations]:
        var clock = new FastClock(new DateTimeOffset(long.Parse(start, CultureInfo.InvariantCulture), TimeSpan.Zero), Number(speed));
        return await ReadCacheAsync(new DataFileCache(services.GetRequiredService<IFileIO>(), folder, Number(bytes), clock), Number(times), locations);
    default:
        Console.Error.WriteLine("append TABLES WRITER FROM TO | cache FOLDER BYTES START SPEED TIMES LOCATION..");
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

async Task<int> ReadCacheAsync(DataFileCache cache, int times, IReadOnlyList<string> locations)
{
    var random = new Random(Environment.ProcessId);
    var wrong = 0;
    for (var i = 0; i < times; i++)
    {
        // A few files are in use at a time, others later.
        var location = locations[((i / 100) + random.Next(3)) % locations.Count];
        var expected = Number(Path.GetFileNameWithoutExtension(location));
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(await cache.GetAsync(location, default));
        }
        catch (FileNotFoundException)
        {
            // With so fast a clock a path may be too old already.
            continue;
        }

        if (content.Length == expected && content.AsSpan().IndexOfAnyExcept((byte)expected) < 0)
            continue;
        Console.WriteLine($"{location}: {content.Length} bytes");
        wrong++;
    }

    return wrong == 0 ? 0 : 1;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

internal sealed class FastClock(DateTimeOffset start, int speed) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => start + ((DateTimeOffset.UtcNow - start) * speed);
}
