using System.Globalization;
using Floe.Bench.Lakehouse;

// Benches of the library against the embedded services: bench/append.sh and bench/commit.sh start those and this.
switch (args)
{
    case ["append", var rounds, var orders, var folder]:
        await using (var lake = await Lake.OpenAsync())
            await AppendBench.RunAsync(lake, Number(rounds), Number(orders), folder);
        return 0;
    case ["commit", var commits, var folder]:
        await using (var lake = await Lake.OpenAsync())
            await CommitBench.RunAsync(lake, Number(commits));
        return 0;
    default:
        Console.Error.WriteLine("Floe.Bench.Lakehouse append ROUNDS ORDERS FOLDER | commit COMMITS FOLDER; see bench/append.sh and bench/commit.sh.");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
