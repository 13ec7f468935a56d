using System.Numerics;
using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Writing;

/// <summary>The integers of 8 to 128 bits; a value outside of the column's range is an OverflowException.</summary>
internal sealed unsafe class IntegerWriter<TStored>(DuckDBType type) : VectorWriter(type)
    where TStored : unmanaged, IBinaryInteger<TStored>
{
    public override void Write(long value, ulong row) => ((TStored*)Data)[row] = TStored.CreateChecked(value);

    public override void Write(ulong value, ulong row) => ((TStored*)Data)[row] = TStored.CreateChecked(value);

    public override void Write(BigInteger value, ulong row) => ((TStored*)Data)[row] = TStored.CreateChecked(value);
}
