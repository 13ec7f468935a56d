using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

internal sealed unsafe class BooleanReader(string column) : VectorReader(column, DuckDBType.Boolean, typeof(bool))
{
    public override bool GetBoolean(ulong row) => Data[row] != 0;

    public override object GetObject(ulong row) => GetBoolean(row);
}
