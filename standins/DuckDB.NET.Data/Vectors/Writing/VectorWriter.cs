using System.Collections;
using System.Numerics;
using DuckDB.NET.Data.DataChunk.Writer;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Writing;

/// <summary>Fills one vector; made once per column and pointed at each chunk's vector by <see cref="Load"/>.</summary>
internal abstract unsafe class VectorWriter(DuckDBType type) : IDuckDBDataWriter
{
    private ulong* validity;

    public DuckDBType Type { get; } = type;

    protected nint Vector { get; private set; }

    protected byte* Data { get; private set; }

    public virtual void Load(nint vector)
    {
        Vector = vector;
        Data = Libduckdb.VectorData(vector);
        validity = Libduckdb.VectorValidity(vector);
    }

    public virtual void WriteNull(ulong rowIndex)
    {
        if (validity == null)
        {
            Libduckdb.EnsureValidityWritable(Vector);
            validity = Libduckdb.VectorValidity(Vector);
        }
        validity[rowIndex >> 6] &= ~(1UL << (int)(rowIndex & 63));
    }

    public virtual void WriteValue<T>(T value, ulong rowIndex) => ValueWriting.Write(this, value, rowIndex);

    public virtual void Write(bool value, ulong row) => throw Mismatch<bool>();

    public virtual void Write(long value, ulong row) => throw Mismatch<long>();

    public virtual void Write(ulong value, ulong row) => throw Mismatch<ulong>();

    public virtual void Write(BigInteger value, ulong row) => throw Mismatch<BigInteger>();

    public virtual void Write(float value, ulong row) => throw Mismatch<float>();

    public virtual void Write(double value, ulong row) => throw Mismatch<double>();

    public virtual void Write(decimal value, ulong row) => throw Mismatch<decimal>();

    public virtual void Write(Guid value, ulong row) => throw Mismatch<Guid>();

    public virtual void Write(DateTime value, ulong row) => throw Mismatch<DateTime>();

    public virtual void Write(DateTimeOffset value, ulong row) => throw Mismatch<DateTimeOffset>();

    public virtual void Write(DateOnly value, ulong row) => throw Mismatch<DateOnly>();

    public virtual void Write(TimeOnly value, ulong row) => throw Mismatch<TimeOnly>();

    public virtual void Write(TimeSpan value, ulong row) => throw Mismatch<TimeSpan>();

    public virtual void Write(string value, ulong row) => throw Mismatch<string>();

    public virtual void Write(ReadOnlySpan<byte> value, ulong row) => throw Mismatch<byte[]>();

    public virtual void Write(IEnumerable values, ulong row) => throw new InvalidOperationException($"Cannot write {values.GetType().Name} to {Type} column");

    protected InvalidOperationException Mismatch<T>() => new($"Cannot write {typeof(T).Name} to {Type} column");
}
