using System.Numerics;
using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>HUGEINT and UHUGEINT; sums of integers arrive here.</summary>
internal sealed unsafe class HugeIntReader<TStored>(string column, DuckDBType type) : VectorReader(column, type, typeof(BigInteger))
    where TStored : unmanaged, IBinaryInteger<TStored>
{
    public override object GetObject(ulong row) => GetInteger<BigInteger>(row);

    public override T GetInteger<T>(ulong row)
    {
        var value = ((TStored*)Data)[row];
        try
        {
            return T.CreateChecked(value);
        }
        catch (OverflowException)
        {
            throw TooLarge(value, typeof(T));
        }
    }

    public override double GetDouble(ulong row) => double.CreateChecked(((TStored*)Data)[row]);
}
