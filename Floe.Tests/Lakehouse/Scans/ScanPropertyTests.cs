using System.Globalization;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Floe.Tests.Lakehouse.Expressions;
using Xunit;
using Xunit.Abstractions;

namespace Floe.Tests.Lakehouse.Scans;

/// <summary>Random tables with a column of every type, partitioned by random transforms that change, with deleted rows, asked random filters: what a
/// scan gives is what DuckDB gives of the same rows in one plain table.</summary>
public sealed class ScanPropertyTests(ITestOutputHelper output)
{
    private const int RowsOfCommit = 60;
    private const int Filters = 60;

    private static readonly Schema s_schema = new(
        [new(1, "id", PrimitiveType.Int, true), .. SampleValues.Types.Select((type, i) => new NestedField(i + 2, $"c{i + 2}", type, false))]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_scan_gives_what_the_plain_rows_give(int seed)
    {
        var random = new Random(seed);
        var specs = Enumerable.Range(1, 3).Select(i => Spec(random, i)).ToList();
        using var table = new ScanTable(s_schema, specs[0]);
        var rows = new List<object?[]>();
        var positions = new Dictionary<int, (string File, long Position, int Spec, IReadOnlyList<object?> Partition)>();
        LocalTable.Execute(table.Db, $"CREATE TABLE plain ({string.Join(", ", s_schema.Fields.Select(f => $"{f.Name} {DuckDbTypes.ToSql(f.Type)}"))})");
        foreach (var spec in specs)
        {
            if (spec != specs[0])
                table.Partition(spec);
            var added = Enumerable.Range(rows.Count, RowsOfCommit).Select(id => Row(random, id)).ToList();
            rows.AddRange(added);
            LocalTable.Execute(table.Db, $"INSERT INTO plain {Values(added)}");
            table.Commit([.. added.GroupBy(r => new PartitionKey(spec.SpecId, [.. spec.Fields.Select(f => f.Transform.Apply(TypeOf(f.SourceId), r[f.SourceId - 1]))])).Select(group =>
            {
                var file = table.Write($"SELECT * FROM ({Values(group)}) t({string.Join(", ", s_schema.Fields.Select(f => f.Name))})", group.Key.Values);
                foreach (var (row, position) in group.Select((r, i) => (r, i)))
                    positions[(int)row[0]!] = (file.FilePath, position, spec.SpecId, group.Key.Values);
                return file;
            })]);
        }

        // Some rows of the last spec's files are deleted again, as another engine would.
        var gone = positions.Where(p => p.Value.Spec == specs[^1].SpecId && random.Next(5) == 0).ToList();
        table.Commit([.. gone.GroupBy(p => new PartitionKey(p.Value.Spec, p.Value.Partition)).Select(g => table.WriteDeletes(g.Select(p => (p.Value.File, p.Value.Position)), g.Key.Values))]);
        LocalTable.Execute(table.Db, $"DELETE FROM plain WHERE id IN ({string.Join(", ", gone.Select(p => p.Key).Append(-1))})");

        var columns = s_schema.Fields.Select((f, i) => (f.Name, (PrimitiveType)f.Type, (IReadOnlyList<object?>)[.. rows.Select(r => r[i])])).ToList();
        var (files, skipped) = ((await table.Table.NewScan().PlanAsync(default)).Entries.Count, 0);
        for (var i = 0; i < Filters; i++)
        {
            var filter = SampleFilters.Next(random, columns);
            var plan = await table.Table.NewScan().Filter(filter).PlanAsync(default);
            skipped += files - plan.Entries.Count;
            const string Ids = "SELECT coalesce(string_agg(id, ',' ORDER BY id), '') FROM ";
            var expected = LocalTable.Scalar<string>(table.Db, $"{Ids} plain WHERE {filter.ToSql(s_schema)}");
            Assert.True(expected == await table.QueryAsync(table.Table.NewScan().Filter(filter).Select("id"), Ids + "{0}"), $"seed {seed}, {string.Join(" / ", specs.Select(s => string.Join(", ", s.Fields)))}: {filter}");
        }

        Assert.True(skipped > files, string.Create(CultureInfo.InvariantCulture, $"Only {skipped} of {files} x {Filters} files were left out: the test shows nothing."));
        output.WriteLine($"{skipped} of {files} x {Filters} files left out");
    }

    private static PartitionSpec Spec(Random random, int id)
    {
        Transform[] all = [Transform.Identity, Transform.Void, Transform.Bucket(3), Transform.Truncate(10), Transform.Year, Transform.Month, Transform.Day, Transform.Hour];
        return new PartitionSpec(id, [.. Enumerable.Range(0, 2).Select(i =>
        {
            var field = s_schema.Fields[random.Next(1, s_schema.Fields.Count)];
            var transforms = all.Where(t => t.CanApply((PrimitiveType)field.Type)).ToList();
            return new PartitionField(field.Id, 1000 + (id * 10) + i, $"p{id}_{i}", transforms[random.Next(transforms.Count)]);
        })]);
    }

    private static PrimitiveType TypeOf(int fieldId) => (PrimitiveType)s_schema.FindField(fieldId)!.Type;

    private static object?[] Row(Random random, int id) =>
        [id, .. SampleValues.Types.Select(type => random.Next(8) == 0 ? null : SampleValues.Next(random, type))];

    private static string Values(IEnumerable<object?[]> rows) =>
        $"VALUES {string.Join(", ", rows.Select(r => $"({string.Join(", ", r.Select((v, i) => SqlLiteral.Of(TypeOf(i + 1), v)))})"))}";
}
