using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse.Maintenance;

/// <summary>Tables of one store for the tests of maintenance, which are the same for every store.</summary>
public abstract class MaintainedTables : IAsyncLifetime
{
    /// <summary>Partitioned by region where asked for.</summary>
    private static readonly Schema s_schema = new([new(1, "region", PrimitiveType.String, true), new(2, "n", PrimitiveType.Long, true), new(3, "note", PrimitiveType.String, false)]);
    private readonly DuckDBConnection db = LocalTable.Duck();
    private int next;

    internal ICatalog Catalog { get; private protected set; } = null!;

    protected ParquetWriter Writer { get; private protected set; } = null!;

    protected DuckDbScan Scan { get; private protected set; } = null!;

    protected string Namespace { get; private protected set; } = "";

    public abstract Task InitializeAsync();

    public virtual Task DisposeAsync()
    {
        db.Dispose();
        return Task.CompletedTask;
    }

    protected Task<Table> NewTableAsync(bool partitioned = false, IReadOnlyDictionary<string, string>? properties = null) => Catalog.CreateTableAsync(
        new TableIdentifier(Namespace, $"t{Interlocked.Increment(ref next)}"),
        s_schema,
        partitioned ? new PartitionSpec(0, [new PartitionField(1, 1000, "region", Transform.Identity)]) : null,
        properties);

    /// <summary>Appends rows n = from .. to - 1 as one file.</summary>
    protected async Task<Table> AppendAsync(Table table, int from, int to, string region = "EU") =>
        await (await table.RefreshAsync(default)).NewTransaction().Append([await WriteAsync(table, from, to, region)]).CommitAsync(default);

    protected async Task<DataFile> WriteAsync(Table table, int from, int to, string region = "EU")
    {
        var spec = table.Metadata.PartitionSpec;
        var query = string.Create(CultureInfo.InvariantCulture, $"SELECT '{region}' AS region, i AS n, CASE WHEN i % 3 = 0 THEN NULL ELSE 'note ' || i END AS note FROM range({from}, {to}) t(i)");
        return (await Writer.WriteFileAsync(table, table.Schema, spec, [.. spec.Fields.Select(_ => (object?)region)], db, query, default))!;
    }

    /// <summary>A position delete file as another engine writes it.</summary>
    protected async Task<DataFile> WriteDeletesAsync(Table table, params (string File, long Position)[] rows)
    {
        var local = Path.GetTempFileName();
        try
        {
            LocalTable.Execute(db, $"COPY (SELECT * FROM (VALUES {string.Join(", ", rows.Select(r => $"('{r.File}', {r.Position}::BIGINT)"))}) t(file_path, pos) ORDER BY ALL) TO '{local}' (FORMAT parquet, FIELD_IDS {{file_path: 2147483546, pos: 2147483545}})");
            var location = $"{table.Location}/data/{Guid.NewGuid()}-deletes.parquet";
            await table.IO.UploadAsync(local, location, default);
            return new DataFile { Content = DataContent.PositionDeletes, FilePath = location, SpecId = table.Metadata.DefaultSpecId, RecordCount = rows.Length, FileSizeInBytes = new FileInfo(local).Length };
        }
        finally
        {
            File.Delete(local);
        }
    }

    /// <summary>All rows in no particular order, as one text each.</summary>
    protected async Task<IReadOnlyList<string>> ContentAsync(Table table, long? snapshot = null) =>
        Texts($"SELECT region || '/' || n || '/' || coalesce(note, '-') AS r FROM {await Scan.ToSqlAsync(table, snapshot, default)} ORDER BY r");

    /// <summary>The numbers of one data file in the order of its rows.</summary>
    protected async Task<IReadOnlyList<string>> NumbersAsync(Table table, ManifestEntry entry) =>
        Texts($"SELECT n::VARCHAR FROM {await Scan.ToSqlAsync((await table.NewScan().PlanAsync(default)) with { Entries = [entry] }, default)}");

    protected static async Task<ScanPlan> PlanAsync(Table table) => await (await table.RefreshAsync(default)).NewScan().PlanAsync(default);

    private List<string> Texts(string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
