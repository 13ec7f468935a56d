using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Tests.Lakehouse.Writing;

/// <summary>The library on a catalog, with a namespace and a DuckDB of its own.</summary>
internal sealed class Lake(LakehouseFixture.Lakehouse lakehouse, string ns) : IAsyncDisposable
{
    public LakehouseFixture.Lakehouse Lakehouse { get; } = lakehouse;

    public ICatalog Catalog => Lakehouse.Catalog;

    public string Namespace { get; } = ns;

    public DuckDBConnection Db { get; } = LocalTable.Duck();

    public static async Task<Lake> OpenAsync(LakehouseFixture fixture, DelegatingHandler? between = null) => new(fixture.Open(between: between), await fixture.NewNamespaceAsync());

    public Task<Table> CreateAsync(Schema schema, PartitionSpec? spec = null, string name = "t", params (string Key, string Value)[] properties) =>
        Catalog.CreateTableAsync(new(Namespace, name), schema, spec, properties.ToDictionary(p => p.Key, p => p.Value));

    public Task<IReadOnlyList<DataFile>> WriteAsync(Table table, string sql) => Lakehouse.Writer.WriteAsync(table, Db, sql, default);

    public async Task<Table> AppendAsync(Table table, string sql) => await table.NewTransaction().Append(await WriteAsync(table, sql)).CommitAsync(default);

    /// <summary>The rows, each as one text, sorted.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(Table table, string expression, long? snapshotId = null)
    {
        using var command = Db.CreateCommand();
        command.CommandText = $"SELECT {expression} AS r FROM {await Lakehouse.Scan.ToSqlAsync(table, snapshotId, default)} ORDER BY ALL";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.IsDBNull(0) ? "NULL" : reader.GetValue(0).ToString()!);
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        Db.Dispose();
        await Lakehouse.DisposeAsync();
    }
}
