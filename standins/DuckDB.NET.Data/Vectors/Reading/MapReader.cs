using System.Collections;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>MAP: a list of (key, value) structs.</summary>
internal sealed unsafe class MapReader(string column, VectorReader key, VectorReader value)
    : VectorReader(column, DuckDBType.Map, typeof(Dictionary<,>).MakeGenericType(key.ClrType, value.ClrType))
{
    public override void Load(nint vector)
    {
        base.Load(vector);
        var entries = Libduckdb.ListChild(vector);
        key.Load(Libduckdb.StructChild(entries, 0));
        value.Load(Libduckdb.StructChild(entries, 1));
    }

    public override object GetObject(ulong row) => GetObject(row, ClrType);

    public override object GetObject(ulong row, Type target)
    {
        if (target == typeof(object))
            target = ClrType;
        if (!target.IsGenericType || target.GetGenericArguments() is not [var keyType, var valueType]
            || !target.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(keyType, valueType)))
            throw Mismatch(target);
        var underlying = Nullable.GetUnderlyingType(valueType);
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(keyType, valueType))!;
        var (offset, length) = (((ulong*)Data)[2 * row], ((ulong*)Data)[(2 * row) + 1]);
        for (var i = offset; i < offset + length; i++)
        {
            if (value.IsNull(i) && valueType.IsValueType && underlying is null)
                throw new InvalidCastException($"Column '{Column}' has a map with a NULL value, which {valueType.Name} cannot hold; read it with {valueType.Name}? values.");
            dictionary.Add(key.GetObject(i, keyType), value.IsNull(i) ? null : value.GetObject(i, underlying ?? valueType));
        }
        return dictionary;
    }
}
