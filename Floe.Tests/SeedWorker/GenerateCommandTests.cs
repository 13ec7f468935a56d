using System.Diagnostics;
using System.Security.Cryptography;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Generation.CommandLine;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>The verb <c>generate</c>: what it refuses, and what it writes.</summary>
public sealed class GenerateCommandTests : IDisposable
{
    private const string Clock = "2026-03-14T15:09:26Z";

    private readonly string _folder = Directory.CreateTempSubdirectory("floe-generate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--orders 0", "--orders is 0; it must be a whole number from 1 to 1000000000")]
    [InlineData("--orders 1.5", "--orders is 1.5; it must be")]
    [InlineData("--orders", "--orders needs a value")]
    [InlineData("--customers 50000001", "--customers is 50000001; it must be a whole number from 1 to 50000000")]
    [InlineData("--orders 10 --items 9", "--items is 9; it must be a whole number from 10 to 200")]
    [InlineData("--scale 0", "--scale is 0; it must be a number from 0.001 to 50000")]
    [InlineData("--scale 2 --orders 5", "--scale and --orders are both given")]
    [InlineData("--shard 0/4", "--shard is 0/4; it must be K/N")]
    [InlineData("--shard 5/4", "--shard is 5/4; it must be K/N")]
    [InlineData("--index 4/4", "--index is 4/4; it must be I/N with I from 0 to N-1")]
    [InlineData("--index 0/4 --shard 1/4", "--shard and --index are both given")]
    [InlineData("--shard 1", "--shard is 1; it must be K/N")]
    [InlineData("--clock yesterday", "--clock is yesterday; it must be a date")]
    [InlineData("--clock 1975-01-01", "--clock leads to a history from 1973")]
    [InlineData("--from 2026-03-02 --to 2026-03-01", "--from is 2026-03-02 00:00:00Z, the end 2026-03-01 00:00:00Z; it must be before the end")]
    [InlineData("--from 2026-03-02 --days 3", "--from and --days are both given")]
    [InlineData("--days 3651", "--days is 3651; it must be a whole number from 1 to 3650")]
    [InlineData("--null-rate 2", "--null-rate is 2; it must be a number from 0 to 0.5")]
    [InlineData("--duplicate-rate NaN", "--duplicate-rate is NaN; it must be a number from 0 to 0.5")]
    [InlineData("--late-rate -1", "--late-rate is -1; it must be")]
    [InlineData("--max-late-days 31", "--max-late-days is 31; it must be a whole number from 1 to 30")]
    [InlineData("--rate 5", "--rate is given alone; a burst needs --rate N and --for SECONDS")]
    [InlineData("--rate 5 --for 2 --orders 10", "--rate is given with a number of orders")]
    [InlineData("--rate 5 --for 2 --daily", "--daily and --rate are both given")]
    [InlineData("--lakehouse", "--lakehouse and --out are both given")]
    [InlineData("--threads 0", "--threads is 0; it must be a whole number from 1 to 256")]
    [InlineData("--order 5", "'--order' is no option")]
    public async Task A_bad_argument_is_named_with_value_and_rule_and_nothing_is_written(string arguments, string says)
    {
        var (code, output, errors) = await RunAsync("new", arguments.Split(' '));
        Assert.Equal(64, code);
        Assert.StartsWith($"generate: {says}", errors);
        Assert.Single(errors.Trim().Split('\n'));
        Assert.Empty(output);
        Assert.False(Directory.Exists(Path.Combine(_folder, "new")));
    }

    [Fact]
    public async Task Help_names_every_option_and_a_missing_folder_is_asked_for()
    {
        var text = new StringWriter();
        Assert.Equal(0, await GenerateCommand.RunAsync(["--help"], new Screen(text, TextWriter.Null, false), TimeProvider.System, default));
        Assert.All(GenerateRequest.Options, option => Assert.Contains($"  {option}  ", text.ToString()));

        var errors = new StringWriter();
        Assert.Equal(64, await GenerateCommand.RunAsync([], new Screen(TextWriter.Null, errors, false), TimeProvider.System, default));
        Assert.StartsWith("generate: --out is missing", errors.ToString());
        (var code, _, var sentence) = await RunAsync("/proc/nowhere", []);
        Assert.Equal((74, true), (code, sentence.StartsWith("generate: --out is /proc/nowhere, which cannot be created", StringComparison.Ordinal)));
    }

    /// <summary>A backfill with every defect, so that every kind of row crosses the borders of shards and days.</summary>
    [Fact]
    public async Task Shards_together_are_the_whole_whatever_the_threads()
    {
        string[] shop = ["--orders", "1001", "--customers", "150", "--products", "60", "--days", "3", "--daily", "--late-rate", "0.1", "--duplicate-rate", "0.05", "--quiet"];
        await OkAsync("whole", [.. shop, "--threads", "2"]);
        using var db = GeneratedShop.OpenDatabase();
        foreach (var (shards, threads) in new[] { (1, 1), (1, 4), (7, 4), (16, 1) })
        {
            var folder = $"{shards}-{threads}";
            foreach (var shard in Enumerable.Range(1, shards).Reverse())
                await OkAsync(folder, [.. shop, .. shard % 2 == 0 ? ["--index", $"{shard - 1}/{shards}"] : new[] { "--shard", $"{shard}/{shards}" }, "--threads", $"{threads}"]);
            foreach (var table in Shop.Tables)
            {
                var (whole, parts) = (Files("whole", table), Files(folder, table));
                Assert.True(db.Count($"select count(*) from {whole}") > 0);
                Assert.Equal(0, db.Count($"select count(*) from (from {whole} except all from {parts})"));
                Assert.Equal(db.Count($"select count(*) from {whole}"), db.Count($"select count(*) from {parts}"));
            }

            if (shards == 1)
                Assert.Equal(Hashes("whole"), Hashes(folder));
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, folder), ".*"));
        }
    }

    [Fact]
    public async Task A_single_batch_has_the_counts_and_types_that_were_asked_for_and_agrees_with_the_workers_rows()
    {
        var (_, output, errors) = await OkAsync("one", ["--orders", "400", "--customers", "70", "--products", "30", "--items", "1000", "--seed", "7"]);
        using var db = GeneratedShop.OpenDatabase();
        Assert.Equal([70, 30, 400, 1_000], Shop.Tables.Select(t => db.Count($"select count(*) from {Files("one", t)}")));
        foreach (var table in Shop.Tables)
        {
            Assert.Equal(
                table.Columns.Select(c => $"{c.Name}|{c.FieldId}"),
                db.Rows($"select name, field_id from parquet_schema('{Path.Combine(_folder, "one", table.Name, WorkUnit.PartName((1, 1), 0))}') where field_id is not null"));
            var shop = GeneratedShop.Create(o => (o.Orders, o.Customers, o.Products, o.Items, o.Seed) = (400, 70, 30, 1_000, 7));
            using var source = GeneratedShop.OpenDatabase();
            GeneratedTables.Register(source, shop);
            Assert.Equal(source.Rows(GeneratedTables.Select(table, shop)), db.Rows($"select * from {Files("one", table)}"));
        }

        // No terminal: lines, no bar.
        Assert.Contains("100 %  1,500 of about 1,500 rows", errors);
        Assert.DoesNotContain('\r', errors);
        Assert.Contains("in all                 1,500 rows", output);
    }

    [Fact]
    public async Task A_backfill_is_one_batch_a_day_with_the_sales_of_the_calendar()
    {
        await OkAsync("days", ["--orders", "6000", "--from", "2025-11-20T06:00:00Z", "--to", "2025-12-02", "--daily", "--late-rate", "0.05", "--quiet"]);
        using var db = GeneratedShop.OpenDatabase();
        var orders = $"read_parquet('{_folder}/days/orders/*/*.parquet', hive_partitioning = true)";
        Assert.Equal(Enumerable.Range(20, 11).Select(d => $"2025-11-{d}").Append("2025-12-01"), db.Rows($"select distinct day::varchar as day from {orders} order by day"));
        // What was placed on a day comes on that day or, late, after it; nothing comes before.
        Assert.Equal(0, db.Count($"select count(*) from {orders} where order_date::date > day"));
        Assert.Equal(0, db.Count($"select count(*) from (select order_id, min(day) as first, any_value(order_date::date) as placed from {orders} group by order_id) where first - placed > 8"));
        var late = db.Count($"select count(*) from (select order_id from {orders} group by order_id having min(day) > any_value(order_date::date))");
        // Those of the last days are still to come.
        Assert.InRange(late, 0.03 * 6_000 * 0.5, 0.05 * 6_000);
        // The week of Black Friday.
        var perDay = db.Rows($"select count(distinct order_id) from {orders} where order_date::date in ('2025-11-21', '2025-11-28') group by order_date::date order by order_date::date").Select(long.Parse).ToList();
        Assert.InRange((double)perDay[1] / perDay[0], 1.3, 1.9);
        Assert.Equal(0, db.Count($"select count(*) from read_parquet('{_folder}/days/order_items/*/*.parquet') where order_id not in (select order_id from {orders})"));
    }

    [Fact]
    public async Task Files_of_an_earlier_run_are_not_mixed_with_new_ones_and_leftovers_are_removed()
    {
        string[] small = ["--orders", "20", "--quiet"];
        var leftover = Directory.CreateDirectory(Path.Combine(_folder, "out", ".generating-1-of-2", "orders")).FullName;
        await File.WriteAllTextAsync(Path.Combine(leftover, "half.parquet"), "half");
        await OkAsync("out", [.. small, "--shard", "1/2"]);
        Assert.False(Directory.Exists(leftover));
        await OkAsync("out", [.. small, "--shard", "2/2"]);
        var before = Hashes("out");
        foreach (var shard in new[] { "1/2", "1/3", "1/1" })
        {
            var (code, _, errors) = await RunAsync("out", [.. small, "--shard", shard]);
            Assert.Equal(74, code);
            Assert.Contains("which has files of an earlier run", errors);
        }

        Assert.Equal(before, Hashes("out"));
    }

    [Fact]
    public async Task A_burst_holds_its_rate_and_says_when_it_cannot()
    {
        // The clock jumps over the waits: 60 seconds take none.
        var (code, output, _) = await RunAsync("burst", ["--rate", "50", "--for", "60", "--customers", "40", "--quiet"], new StepTime(GeneratedShop.Clock, TimeSpan.FromMilliseconds(2)));
        Assert.Equal(0, code);
        var held = double.Parse(output.Split("asked for, ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(held, 45, 55);
        using var db = GeneratedShop.OpenDatabase();
        var orders = $"read_parquet('{_folder}/burst/orders/*/*.parquet', hive_partitioning = true)";
        Assert.Equal(3_000, db.Count($"select count(distinct order_id) from {orders}"));
        Assert.Equal(0, db.Count($"select count(*) from (select second, count(distinct order_id) as n from {orders} where epoch_us(order_date) >= {Micros.From(GeneratedShop.Clock)} and status = 'pending' group by second) where n <> 50"));

        // A machine on which every look at the clock takes two seconds.
        var (slow, _, errors) = await RunAsync("slow", ["--rate", "50", "--for", "3", "--quiet"], new StepTime(GeneratedShop.Clock, TimeSpan.FromSeconds(2)));
        Assert.Equal(1, slow);
        Assert.Contains("--rate is 50, and this machine held", errors);
    }

    [Fact]
    public async Task A_late_step_does_not_delay_those_after_it()
    {
        var time = new StepTime(GeneratedShop.Clock);
        var pace = new Pace(time, TimeSpan.FromSeconds(1));
        double[] work = [0.2, 0.9, 3.4, 0.1, 0.1, 0.1, 0.3, 0.5];
        var starts = new List<double>();
        for (var step = 0; step < work.Length; step++)
        {
            await pace.WaitForAsync(step, default);
            starts.Add(pace.Elapsed.TotalSeconds);
            time.Advance(TimeSpan.FromSeconds(work[step]));
        }

        Assert.Equal([0, 1, 2, 5.4, 5.5, 5.6, 6, 7], starts.Select(s => Math.Round(s, 1)));
    }

    [Fact]
    public void A_terminal_gets_one_line_that_is_drawn_over()
    {
        var text = new StringWriter();
        var time = new StepTime(GeneratedShop.Clock);
        using (var progress = new RowProgress(text, terminal: true, expected: 1_000, time))
        {
            for (var i = 0; i < 10; i++)
            {
                time.Advance(TimeSpan.FromMilliseconds(250));
                progress.Add(100);
            }
        }

        var drawings = text.ToString().Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(11, drawings.Length);
        Assert.StartsWith("[###############---------------] 50 %  500 of about 1,000 rows, 400 a second, 2 s left", drawings[4]);
        Assert.DoesNotContain('\n', text.ToString());
        Assert.Equal("\e[K", drawings[^1]);
    }

    [Fact]
    public async Task A_stopped_run_leaves_nothing_and_an_unknown_verb_is_refused()
    {
        using var process = Start("generate", "--orders", "500000000", "--customers", "1000", "--out", Path.Combine(_folder, "big"));
        // Hidden files are there, so it is at work.
        while (!Directory.Exists(Path.Combine(_folder, "big", ".generating-1-of-1")))
        {
            Assert.False(process.HasExited);
            await Task.Delay(20);
        }

        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.EndsWith("generate: stopped; files that were not complete are removed.", errors.Trim());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "big")));

        using var unknown = Start("genrate");
        Assert.StartsWith("'genrate' is no verb; there are generate and dbt", await unknown.StandardError.ReadToEndAsync());
        await unknown.WaitForExitAsync();
        Assert.Equal(64, unknown.ExitCode);
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Floe.SeedWorker.dll"), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;

    private async Task<(int Code, string Output, string Errors)> RunAsync(string folder, string[] arguments, TimeProvider? time = null)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        string[] clock = arguments.Any(a => a is "--clock" or "--to") ? [] : ["--clock", Clock];
        var code = await GenerateCommand.RunAsync(
            ["--out", Path.Combine(_folder, folder), .. clock, .. arguments], new Screen(output, errors, false), time ?? TimeProvider.System, default);
        return (code, output.ToString(), errors.ToString());
    }

    private async Task<(int Code, string Output, string Errors)> OkAsync(string folder, string[] arguments)
    {
        var result = await RunAsync(folder, arguments);
        Assert.True(result.Code == 0, result.Errors);
        return result;
    }

    private string Files(string folder, TableContract table) => $"read_parquet('{_folder}/{folder}/{table.Name}/**/*.parquet', hive_partitioning = false)";

    private List<string> Hashes(string folder)
    {
        var root = Path.Combine(_folder, folder);
        return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetRelativePath(root, file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")];
    }
}
