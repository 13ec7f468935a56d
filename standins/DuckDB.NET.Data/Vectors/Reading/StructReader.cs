using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>STRUCT as a dictionary by field name; a NULL field is a null value.</summary>
internal sealed class StructReader(string column, (string Name, VectorReader Reader)[] fields)
    : VectorReader(column, DuckDBType.Struct, typeof(Dictionary<string, object>))
{
    public override void Load(nint vector)
    {
        base.Load(vector);
        for (var i = 0; i < fields.Length; i++)
            fields[i].Reader.Load(Libduckdb.StructChild(vector, (ulong)i));
    }

    public override object GetObject(ulong row)
    {
        var value = new Dictionary<string, object?>(fields.Length);
        foreach (var (name, reader) in fields)
            value[name] = reader.IsNull(row) ? null : reader.GetObject(row);
        return value;
    }
}
