using System.Collections;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Writing;

/// <summary>LIST and ARRAY: the elements go to the child vector; a list grows it, an array has its fixed places.</summary>
internal sealed unsafe class ListWriter(DuckDBType type, VectorWriter child, ulong arraySize) : VectorWriter(type)
{
    private ulong used;

    public override void Load(nint vector)
    {
        base.Load(vector);
        used = 0;
        if (Type == DuckDBType.Array)
            child.Load(Libduckdb.ArrayChild(vector));
    }

    public override void WriteNull(ulong rowIndex)
    {
        base.WriteNull(rowIndex);
        if (Type == DuckDBType.Array)
        {
            for (ulong i = 0; i < arraySize; i++)
                child.WriteNull((rowIndex * arraySize) + i);
        }
        else
        {
            ((ulong*)Data)[2 * rowIndex] = used;
            ((ulong*)Data)[(2 * rowIndex) + 1] = 0;
        }
    }

    public override void Write(IEnumerable values, ulong row)
    {
        var elements = values as ICollection ?? values.Cast<object?>().ToArray();
        var count = (ulong)elements.Count;
        ulong offset;
        if (Type == DuckDBType.Array)
        {
            if (count != arraySize)
                throw new InvalidOperationException($"The array column takes {arraySize} elements but the value has {count}.");
            offset = row * arraySize;
        }
        else
        {
            offset = used;
            used += count;
            if (Libduckdb.ReserveList(Vector, used) != Libduckdb.Success || Libduckdb.SetListSize(Vector, used) != Libduckdb.Success)
                throw new InvalidOperationException($"DuckDB could not make room for {used} list elements.");
            child.Load(Libduckdb.ListChild(Vector)); // growing may move the child's memory
            ((ulong*)Data)[2 * row] = offset;
            ((ulong*)Data)[(2 * row) + 1] = count;
        }
        foreach (var element in elements)
            ValueWriting.WriteObject(child, element, offset++);
    }
}
