using System.Runtime.CompilerServices;
using System.Text;

namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>
/// One chunk of rows that DuckDB gives to be filled. Values are stored as DuckDB has them in its vectors: times as microseconds, money as
/// cents, ids as 128-bit numbers. Every cell must be written; one that is not holds what was there before.
/// </summary>
internal sealed unsafe class Chunk
{
    private readonly nint[] _vectors;
    private readonly nint[] _data;
    private readonly nint[] _validity;

    public Chunk(int columns)
    {
        (_vectors, _data, _validity) = (new nint[columns], new nint[columns], new nint[columns]);
        Capacity = (int)ChunkLibrary.VectorSize();
    }

    /// <summary>Rows that fit.</summary>
    public int Capacity { get; }

    /// <summary>Points at the vectors of the chunk that is to be filled next.</summary>
    public void Load(nint chunk)
    {
        for (var column = 0; column < _vectors.Length; column++)
        {
            var vector = ChunkLibrary.Vector(chunk, (ulong)column);
            (_vectors[column], _data[column], _validity[column]) = (vector, (nint)ChunkLibrary.Data(vector), 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Int64(int column, int row, long value) => ((long*)_data[column])[row] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Int32(int column, int row, int value) => ((int*)_data[column])[row] = value;

    /// <summary>A UUID: DuckDB keeps it as a signed number with the top bit flipped, so that it sorts as text does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Uuid(int column, int row, (ulong High, ulong Low) value)
    {
        var halves = (ulong*)_data[column] + 2 * row;
        halves[0] = value.Low;
        halves[1] = value.High ^ (1UL << 63);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Null(int column, int row)
    {
        if (_validity[column] == 0)
        {
            ChunkLibrary.EnsureValidity(_vectors[column]);
            _validity[column] = (nint)ChunkLibrary.Validity(_vectors[column]);
        }

        ((ulong*)_validity[column])[row >> 6] &= ~(1UL << (row & 63));
    }

    /// <summary>A text whose bytes are UTF-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Text(int column, int row, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= ShortText.MaxBytes)
        {
            Text(column, row, new ShortText(utf8));
            return;
        }

        fixed (byte* bytes = utf8)
            ChunkLibrary.AssignText(_vectors[column], (ulong)row, bytes, (ulong)utf8.Length);
    }

    /// <summary>A text that is known beforehand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Text(int column, int row, in ShortText text) => text.Store((ulong*)_data[column] + 2 * row);

    public void Text(int column, int row, string value)
    {
        Span<byte> bytes = stackalloc byte[256];
        Text(column, row, bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
    }
}
