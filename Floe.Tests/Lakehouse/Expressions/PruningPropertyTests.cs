using DuckDB.NET.Data;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Xunit;
using Xunit.Abstractions;

namespace Floe.Tests.Lakehouse.Expressions;

/// <summary>Random rows in files by every transform, random filters: what DuckDB keeps of the rows decides whether the evaluators were right.</summary>
public sealed class PruningPropertyTests(ITestOutputHelper output) : IDisposable
{
    private const int Rows = 300;
    private const int Filters = 60;
    private static readonly Transform[] s_transforms =
    [
        Transform.Identity, Transform.Void, Transform.Bucket(5), Transform.Truncate(1), Transform.Truncate(3), Transform.Truncate(100),
        Transform.Year, Transform.Month, Transform.Day, Transform.Hour,
    ];

    private readonly DuckDBConnection db = LocalTable.Duck();

    public static TheoryData<string> Types => [.. SampleValues.Types.Select(t => t.ToString())];

    [Theory]
    [MemberData(nameof(Types))]
    public void No_row_of_a_filter_is_ever_pruned(string typeText)
    {
        var type = PrimitiveType.Parse(typeText);
        var random = new Random(typeText.Length * 31 + typeText[0]);
        var schema = new Schema([new(1, "v", type, false)]);
        object?[] values = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(8) == 0 ? null : SampleValues.Next(random, type))];
        LocalTable.Execute(db, $"CREATE TABLE t AS SELECT row_number() OVER () - 1 AS row, v FROM (VALUES {string.Join(", ", values.Select(v => $"({SqlLiteral.Of(type, v)})"))}) r(v)");
        var groups = s_transforms.Where(t => t.CanApply(type)).Select(t => new Grouping(t, type, values, random)).ToList();

        var (skipped, whole) = (0, 0);
        for (var i = 0; i < Filters; i++)
        {
            var filter = SampleFilters.Next(random, [("v", type, values)]).Bind(schema);
            var kept = Kept(filter);
            foreach (var group in groups)
            {
                var (s, w) = group.Check(filter, kept);
                (skipped, whole) = (skipped + s, whole + w);
            }
        }

        output.WriteLine($"{skipped} times a file was left out, {whole} times known to match whole");
        Assert.True(skipped > 20, $"Only {skipped} files were left out: the test shows nothing.");
        Assert.True(whole > 20, $"Only {whole} files were known to match whole: the test shows nothing.");
    }

    public void Dispose() => db.Dispose();

    private HashSet<int> Kept(Expression filter)
    {
        using var command = db.CreateCommand();
        command.CommandText = $"SELECT row::INTEGER FROM t WHERE {ExpressionSql.Of(filter)}";
        using var reader = command.ExecuteReader();
        var rows = new HashSet<int>();
        while (reader.Read())
            rows.Add(reader.GetInt32(0));
        return rows;
    }

    /// <summary>The rows in files by one transform, and the files in manifests.</summary>
    private sealed class Grouping
    {
        private readonly PartitionSpec spec;
        private readonly List<(DataFile File, int[] Rows)> files = [];
        private readonly List<(ManifestFile Manifest, int[] Rows)> manifests = [];

        public Grouping(Transform transform, PrimitiveType type, object?[] values, Random random)
        {
            spec = new PartitionSpec(1, [new(1, 1000, "p", transform)]);
            foreach (var partition in Enumerable.Range(0, values.Length).GroupBy(row => new PartitionKey(1, [transform.Apply(type, values[row])])))
            {
                // Large partitions have several files, some with the rows in order, so that bounds are narrow.
                var rows = random.Next(2) == 0 ? partition.ToArray() : [.. partition.OrderBy(r => values[r] is null).ThenBy(r => values[r] ?? 0, Comparer<object>.Create((a, b) => a.GetType() == b.GetType() ? SingleValue.Compare(a, b) : 0))];
                foreach (var chunk in rows.Chunk(20))
                    files.Add((Describe(type, [.. chunk.Select(r => values[r])], partition.Key.Values[0], random.Next(4) != 0), chunk));
            }

            var schema = new Schema([new(1, "v", type, false)]);
            foreach (var some in files.Chunk(4))
            {
                var writer = new ManifestWriter(spec, schema, ManifestContent.Data, 1);
                foreach (var (file, _) in some)
                    writer.Add(new(EntryStatus.Added, 1, null, null, file));
                manifests.Add((ManifestList.Read(ManifestList.Write([writer.Finish("m").Manifest], 1, null, 1), "l")[0], [.. some.SelectMany(f => f.Rows)]));
            }
        }

        public (int Skipped, int Whole) Check(Expression filter, HashSet<int> kept)
        {
            var (partitions, metrics) = (new PartitionEvaluator(filter, spec), new MetricsEvaluator(filter, spec));
            var (skipped, whole) = (0, 0);
            foreach (var (file, rows) in files)
            {
                var some = rows.Any(kept.Contains);
                var (byPartition, byMetrics, all) = (partitions.MightMatch(file), metrics.MightMatch(file), metrics.AllMatch(file));
                Assert.True(byPartition || !some, $"{spec.Fields[0].Transform} partition {file.Partition[0]} has rows of {filter}");
                Assert.True(byMetrics || !some, $"{spec.Fields[0].Transform} a file of partition {file.Partition[0]} has rows of {filter}");
                Assert.True(!all || rows.All(kept.Contains), $"{spec.Fields[0].Transform} a file of partition {file.Partition[0]} has rows that are not of {filter}");
                skipped += byPartition && byMetrics ? 0 : 1;
                whole += all ? 1 : 0;
            }

            foreach (var (manifest, rows) in manifests)
                Assert.True(partitions.MightMatch(manifest) || !rows.Any(kept.Contains), $"{spec.Fields[0].Transform} a manifest has rows of {filter}");
            return (skipped, whole);
        }

        private static DataFile Describe(PrimitiveType type, object?[] values, object? partition, bool countsNaN)
        {
            var numbers = values.Where(v => v is not (null or float.NaN or double.NaN)).Select(v => v!).OrderBy(v => v, Comparer<object>.Create(SingleValue.Compare)).ToList();
            var (lower, upper) = numbers.Count == 0 ? (null, null) : (SingleValue.LowerBound(type, numbers[0]), SingleValue.UpperBound(type, numbers[^1]));
            return new DataFile
            {
                FilePath = $"{Guid.NewGuid()}",
                SpecId = 1,
                Partition = [partition],
                RecordCount = values.Length,
                FileSizeInBytes = 1,
                ValueCounts = new Dictionary<int, long> { [1] = values.Length },
                NullValueCounts = new Dictionary<int, long> { [1] = values.Count(v => v is null) },
                NanValueCounts = countsNaN ? new Dictionary<int, long> { [1] = values.Count(v => v is float.NaN or double.NaN) } : null,
                LowerBounds = lower is null ? null : new Dictionary<int, byte[]> { [1] = lower },
                UpperBounds = upper is null ? null : new Dictionary<int, byte[]> { [1] = upper },
            };
        }
    }
}
