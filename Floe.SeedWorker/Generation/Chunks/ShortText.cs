using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>A text of up to 12 bytes as DuckDB has it in a vector: its length, then the text, then zeros.</summary>
internal readonly struct ShortText
{
    /// <summary>Bytes that lie in the vector itself.</summary>
    public const int MaxBytes = 12;

    private readonly ulong _first;
    private readonly ulong _second;

    /// <summary>The text of some bytes of UTF-8, <see cref="MaxBytes"/> at most.</summary>
    public ShortText(ReadOnlySpan<byte> utf8)
    {
        Span<byte> cell = stackalloc byte[16];
        cell.Clear();
        cell[0] = (byte)utf8.Length;
        utf8.CopyTo(cell[4..(4 + MaxBytes)]);
        (_first, _second) = (MemoryMarshal.Read<ulong>(cell), MemoryMarshal.Read<ulong>(cell[8..]));
    }

    /// <summary>Stores it.</summary>
    /// <param name="cell">Its place in a vector, 16 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Store(ulong* cell) => (cell[0], cell[1]) = (_first, _second);
}
