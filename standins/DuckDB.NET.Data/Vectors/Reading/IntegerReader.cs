using System.Numerics;
using System.Runtime.CompilerServices;
using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>The integers of 8 to 64 bits; wider and narrower types are read with a range check.</summary>
internal sealed unsafe class IntegerReader<TStored>(string column, DuckDBType type) : VectorReader(column, type, typeof(TStored))
    where TStored : unmanaged, IBinaryInteger<TStored>
{
    public override object GetObject(ulong row) => ((TStored*)Data)[row];

    public override T GetInteger<T>(ulong row)
    {
        var value = ((TStored*)Data)[row];
        if (typeof(T) == typeof(TStored))
            return Unsafe.As<TStored, T>(ref value);
        try
        {
            return T.CreateChecked(value);
        }
        catch (OverflowException)
        {
            throw TooLarge(value, typeof(T));
        }
    }

    public override float GetFloat(ulong row) => float.CreateChecked(((TStored*)Data)[row]);

    public override double GetDouble(ulong row) => double.CreateChecked(((TStored*)Data)[row]);

    public override decimal GetDecimal(ulong row) => decimal.CreateChecked(((TStored*)Data)[row]);
}
