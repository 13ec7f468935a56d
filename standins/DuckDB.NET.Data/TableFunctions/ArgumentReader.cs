using System.Numerics;
using System.Runtime.InteropServices;
using DuckDB.NET.Data.Vectors;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.TableFunctions;

/// <summary>Reads one argument. NULLs and types are checked here, because a wrong call of the C API would end the process.</summary>
internal sealed class ArgumentReader(string function, int position, nint value) : IDuckDBValueReader, IDisposable
{
    private nint value = value;

    public bool IsNull() => Libduckdb.IsNullValue(Pointer) != 0;

    public T GetValue<T>()
    {
        var target = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        if (IsNull())
        {
            return default(T) is null && typeof(T).IsValueType ? default!
                : throw new InvalidCastException($"Argument {position + 1} of {function} is NULL, which {target.Name} cannot hold; ask IsNull() first.");
        }
        var type = Libduckdb.TypeId(Libduckdb.ValueType(Pointer));
        var read = Read(type);
        if (read is T typed)
            return typed;
        if (target == typeof(DateTimeOffset) && read is DateTime utc)
            return (T)(object)new DateTimeOffset(utc, TimeSpan.Zero);
        if (read is long or ulong or double or float && target.IsPrimitive && target != typeof(bool) && target != typeof(char))
            return (T)Convert.ChangeType(read, target, System.Globalization.CultureInfo.InvariantCulture);
        throw new InvalidCastException($"Argument {position + 1} of {function} has the DuckDB type {type}, which cannot be read as {target.Name}.");
    }

    public void Dispose()
    {
        if (value != 0)
            Libduckdb.DestroyValue(ref value);
        value = 0;
    }

    private nint Pointer => value != 0 ? value
        : throw new ObjectDisposedException(function, $"The arguments of {function} may be read only while its result callback runs.");

    private object Read(DuckDBType type) => type switch
    {
        DuckDBType.Boolean => Libduckdb.GetBool(value) != 0,
        DuckDBType.TinyInt or DuckDBType.SmallInt or DuckDBType.Integer or DuckDBType.BigInt => Libduckdb.GetInt64(value),
        DuckDBType.UnsignedTinyInt or DuckDBType.UnsignedSmallInt or DuckDBType.UnsignedInteger or DuckDBType.UnsignedBigInt => Libduckdb.GetUInt64(value),
        DuckDBType.HugeInt => (BigInteger)Libduckdb.GetHugeInt(value).ToInt128(),
        DuckDBType.UnsignedHugeInt => (BigInteger)Libduckdb.GetUHugeInt(value).ToUInt128(),
        DuckDBType.Float => Libduckdb.GetFloat(value),
        DuckDBType.Double => Libduckdb.GetDouble(value),
        DuckDBType.Decimal => Decimal(Libduckdb.GetDecimal(value)),
        DuckDBType.Date => DuckDBEpoch.ToDate(Libduckdb.GetDate(value)),
        DuckDBType.Time => new TimeOnly(Libduckdb.GetTime(value) * TimeSpan.TicksPerMicrosecond),
        DuckDBType.Timestamp => DuckDBEpoch.ToDateTime(Libduckdb.GetTimestamp(value), TimeSpan.TicksPerMicrosecond, 1),
        DuckDBType.TimestampTz => DuckDBEpoch.ToDateTime(Libduckdb.GetTimestampTz(value), TimeSpan.TicksPerMicrosecond, 1),
        DuckDBType.Uuid => DuckDBUuid.FromNumber(Libduckdb.GetUuid(value).ToUInt128()),
        DuckDBType.Blob => Blob(Libduckdb.GetBlob(value)),
        DuckDBType.Varchar => NativeText.Owned(Libduckdb.GetVarchar(value)),
        _ => throw new InvalidCastException($"Argument {position + 1} of {function} has the DuckDB type {type}, which table functions cannot take."),
    };

    private static decimal Decimal(NativeDecimal native) => DuckDBDecimal.ToDecimal(native.Value.ToInt128(), native.Scale);

    private static byte[] Blob(NativeBlob native)
    {
        try
        {
            var bytes = new byte[native.Size];
            Marshal.Copy(native.Data, bytes, 0, bytes.Length);
            return bytes;
        }
        finally
        {
            Libduckdb.Free(native.Data);
        }
    }
}
