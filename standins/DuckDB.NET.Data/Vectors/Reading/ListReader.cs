using System.Collections;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>LIST (offset and length into a child vector) and ARRAY (a fixed number of child elements per row).</summary>
internal sealed unsafe class ListReader(string column, DuckDBType type, VectorReader child, ulong arraySize)
    : VectorReader(column, type, typeof(List<>).MakeGenericType(child.ClrType))
{
    public override void Load(nint vector)
    {
        base.Load(vector);
        child.Load(Type == DuckDBType.Array ? Libduckdb.ArrayChild(vector) : Libduckdb.ListChild(vector));
    }

    public override object GetObject(ulong row) => GetObject(row, ClrType);

    public override object GetObject(ulong row, Type target)
    {
        if (target == typeof(object))
            target = ClrType;
        var element = target.IsArray ? target.GetElementType()
            : target.IsGenericType && target.GetGenericArguments() is [var only] && target.IsAssignableFrom(typeof(List<>).MakeGenericType(only)) ? only
            : throw Mismatch(target);
        var (offset, length) = Type == DuckDBType.Array ? (row * arraySize, arraySize) : (((ulong*)Data)[2 * row], ((ulong*)Data)[(2 * row) + 1]);
        if (target.IsArray)
        {
            var array = Array.CreateInstance(element!, checked((int)length));
            for (ulong i = 0; i < length; i++)
                array.SetValue(Element(offset + i, element!), (long)i);
            return array;
        }
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element!), checked((int)length))!;
        for (ulong i = 0; i < length; i++)
            list.Add(Element(offset + i, element!));
        return list;
    }

    private object? Element(ulong row, Type element)
    {
        var underlying = Nullable.GetUnderlyingType(element);
        if (!child.IsNull(row))
            return child.GetObject(row, underlying ?? element);
        return element.IsValueType && underlying is null
            ? throw new InvalidCastException($"Column '{Column}' has a list with a NULL element, which List<{element.Name}> cannot hold; read it as List<{element.Name}?>.")
            : null;
    }
}
