using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

internal sealed unsafe class UuidReader(string column) : VectorReader(column, DuckDBType.Uuid, typeof(Guid))
{
    public override object GetObject(ulong row) => GetGuid(row);

    public override Guid GetGuid(ulong row) => DuckDBUuid.FromVector(((UInt128*)Data)[row]);

    public override string GetString(ulong row) => GetGuid(row).ToString();
}
