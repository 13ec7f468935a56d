using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;

namespace Floe.Tests.Lakehouse;

/// <summary>A folder with a table's files and a DuckDB, for what needs no catalog.</summary>
internal sealed class LocalTable : IDisposable
{
    public LocalTable(Schema schema, PartitionSpec? spec = null, SortOrder? order = null, params (string Key, string Value)[] properties)
    {
        Folder = Directory.CreateTempSubdirectory("floe-lakehouse-").FullName;
        Db = Duck();
        Table = new Table(
            new TableIdentifier("test", "local"),
            new TableMetadata
            {
                FormatVersion = 2,
                TableUuid = Guid.NewGuid(),
                Location = $"file://{Folder}/table",
                LastUpdatedMs = 0,
                LastColumnId = schema.HighestFieldId,
                Schemas = [schema],
                CurrentSchemaId = schema.SchemaId,
                PartitionSpecs = [spec ?? PartitionSpec.Unpartitioned],
                DefaultSpecId = spec?.SpecId ?? 0,
                SortOrders = [order ?? SortOrder.Unsorted],
                DefaultSortOrderId = order?.OrderId ?? 0,
                Properties = properties.ToDictionary(p => p.Key, p => p.Value),
            },
            null,
            new LocalFileIO(),
            catalog: null!);
    }

    public string Folder { get; }

    public Table Table { get; }

    public DuckDBConnection Db { get; }

    public IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories);

    public static DuckDBConnection Duck()
    {
        var db = new DuckDBConnection("Data Source=:memory:;threads=1");
        db.Open();
        Execute(db, "SET TimeZone = 'UTC'");
        return db;
    }

    public static void Execute(DuckDBConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static T Scalar<T>(DuckDBConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        return reader.Read() ? reader.GetFieldValue<T>(0) : throw new InvalidOperationException($"No row: {sql}");
    }

    public void Dispose()
    {
        Db.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
