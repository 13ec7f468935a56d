using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse.Processes;

/// <summary>The tables that writer processes append to, and what must hold of them.</summary>
internal static class WrittenTables
{
    private static readonly Schema s_schema = new([new(1, "writer", PrimitiveType.Int, true), new(2, "n", PrimitiveType.Long, true)]);

    public static async Task<IReadOnlyList<TableIdentifier>> CreateAsync(LakehouseFixture fixture, LakehouseFixture.Lakehouse lakehouse, int count)
    {
        var ns = await fixture.NewNamespaceAsync();
        var ids = Enumerable.Range(0, count).Select(i => new TableIdentifier(ns, $"t{i}")).ToList();
        foreach (var id in ids)
            await lakehouse.Catalog.CreateTableAsync(id, s_schema, properties: new Dictionary<string, string> { ["write.metadata.previous-versions-max"] = "10000" });
        return ids;
    }

    /// <summary>Every row exactly once, one snapshot per commit, and no file that nothing refers to.</summary>
    public static async Task AssertCompleteAsync(LakehouseFixture.Lakehouse lakehouse, TableIdentifier id, int writers, int commits)
    {
        var table = await lakehouse.Catalog.LoadTableAsync(id, default);
        Assert.Equal(from w in Enumerable.Range(0, writers) from n in Enumerable.Range(0, commits) select (w, (long)n), await RowsAsync(lakehouse, table));
        Assert.Equal(writers * commits, table.Metadata.Snapshots.Count);
        await StoredFiles.AssertNoneStrayAsync(table);
        Assert.Empty((await Orphans(table).DryRunAsync(default)).Orphans);
    }

    public static RemoveOrphanFiles Orphans(Table table) => new(table) { OlderThan = DateTimeOffset.UtcNow.AddHours(1) };

    private static async Task<IReadOnlyList<(int, long)>> RowsAsync(LakehouseFixture.Lakehouse lakehouse, Table table)
    {
        using var db = LocalTable.Duck();
        using var command = db.CreateCommand();
        command.CommandText = $"SELECT writer, n FROM {await lakehouse.Scan.ToSqlAsync(table, null, default)} ORDER BY ALL";
        using var reader = command.ExecuteReader();
        var rows = new List<(int, long)>();
        while (reader.Read())
            rows.Add((reader.GetInt32(0), reader.GetInt64(1)));
        return rows;
    }
}
