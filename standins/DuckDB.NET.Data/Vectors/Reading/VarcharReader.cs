using System.Text;
using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>VARCHAR, JSON included.</summary>
internal sealed unsafe class VarcharReader(string column) : VectorReader(column, DuckDBType.Varchar, typeof(string))
{
    public override object GetObject(ulong row) => GetString(row);

    public override string GetString(ulong row) => Encoding.UTF8.GetString(StringElement.Bytes((StringElement*)Data + row));
}
