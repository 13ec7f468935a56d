using System.Text;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Writing;

/// <summary>VARCHAR and BLOB: up to 12 bytes are written into the vector itself, longer ones are handed to DuckDB, which copies them.</summary>
internal sealed unsafe class VarcharWriter(DuckDBType type) : VectorWriter(type)
{
    private const int StackBytes = 512;

    public override void Write(string value, ulong row)
    {
        if (Type != DuckDBType.Varchar)
            throw Mismatch<string>();
        if (Encoding.UTF8.GetMaxByteCount(value.Length) <= StackBytes)
        {
            Span<byte> bytes = stackalloc byte[StackBytes];
            Store(bytes[..Encoding.UTF8.GetBytes(value, bytes)], row);
            return;
        }
        var rented = System.Buffers.ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(value));
        try
        {
            Store(rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)), row);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public override void Write(ReadOnlySpan<byte> value, ulong row)
    {
        if (Type != DuckDBType.Blob)
            throw Mismatch<byte[]>();
        Store(value, row);
    }

    private void Store(ReadOnlySpan<byte> bytes, ulong row)
    {
        if (bytes.Length <= StringElement.InlineLength)
        {
            StringElement.SetInline((StringElement*)Data + row, bytes);
            return;
        }
        fixed (byte* text = bytes)
            Libduckdb.AssignString(Vector, row, text, (ulong)bytes.Length);
    }
}
