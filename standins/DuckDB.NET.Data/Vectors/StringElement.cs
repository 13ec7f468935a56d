using System.Runtime.InteropServices;

namespace DuckDB.NET.Data.Vectors;

/// <summary><c>duckdb_string_t</c>: 16 bytes; up to 12 bytes of text lie inline after the length, longer ones behind a pointer.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct StringElement
{
    public const int InlineLength = 12;

    [FieldOffset(0)]
    public uint Length;

    [FieldOffset(4)]
    private fixed byte inline[InlineLength];

    [FieldOffset(8)]
    private byte* pointer;

    /// <summary>The bytes of the element at <paramref name="element"/>, valid as long as its chunk.</summary>
    public static ReadOnlySpan<byte> Bytes(StringElement* element) =>
        new(element->Length <= InlineLength ? element->inline : element->pointer, checked((int)element->Length));

    /// <summary>Writes a text of at most <see cref="InlineLength"/> bytes; the rest of the element is zero, as comparisons expect.</summary>
    public static void SetInline(StringElement* element, ReadOnlySpan<byte> bytes)
    {
        *element = default;
        element->Length = (uint)bytes.Length;
        bytes.CopyTo(new Span<byte>(element->inline, InlineLength));
    }
}
