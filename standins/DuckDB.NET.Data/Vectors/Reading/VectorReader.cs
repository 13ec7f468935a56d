using System.Numerics;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>
/// Reads one column. It is made once per result and pointed at each chunk's vector by <see cref="Load"/>; the typed
/// getters that a type does not offer fail with a sentence that names column, type and what was asked for.
/// </summary>
internal abstract unsafe class VectorReader(string column, DuckDBType type, Type clrType)
{
    private ulong* validity;

    public string Column { get; } = column;

    public DuckDBType Type { get; } = type;

    /// <summary>What <see cref="GetObject(ulong)"/> returns.</summary>
    public Type ClrType { get; } = clrType;

    protected byte* Data { get; private set; }

    public virtual void Load(nint vector)
    {
        Data = Libduckdb.VectorData(vector);
        validity = Libduckdb.VectorValidity(vector);
    }

    public bool IsNull(ulong row) => validity != null && (validity[row >> 6] >> (int)(row & 63) & 1) == 0;

    /// <summary>The value in the type's own CLR type; the row is not NULL.</summary>
    public abstract object GetObject(ulong row);

    /// <summary>The value as another type that this column offers; the row is not NULL.</summary>
    public virtual object GetObject(ulong row, Type target) =>
        target == ClrType || target == typeof(object) ? GetObject(row) : ValueAccess.Boxed(this, row, target);

    public virtual bool GetBoolean(ulong row) => throw Mismatch(typeof(bool));

    public virtual T GetInteger<T>(ulong row) where T : struct, IBinaryInteger<T> => throw Mismatch(typeof(T));

    public virtual float GetFloat(ulong row) => throw Mismatch(typeof(float));

    public virtual double GetDouble(ulong row) => throw Mismatch(typeof(double));

    public virtual decimal GetDecimal(ulong row) => throw Mismatch(typeof(decimal));

    public virtual string GetString(ulong row) => throw Mismatch(typeof(string));

    public virtual Stream GetStream(ulong row) => throw Mismatch(typeof(Stream));

    public virtual Guid GetGuid(ulong row) => throw Mismatch(typeof(Guid));

    public virtual DateTime GetDateTime(ulong row) => throw Mismatch(typeof(DateTime));

    public virtual DateTimeOffset GetDateTimeOffset(ulong row) => throw Mismatch(typeof(DateTimeOffset));

    public virtual DateOnly GetDateOnly(ulong row) => throw Mismatch(typeof(DateOnly));

    public virtual TimeOnly GetTimeOnly(ulong row) => throw Mismatch(typeof(TimeOnly));

    public virtual TimeSpan GetTimeSpan(ulong row) => throw Mismatch(typeof(TimeSpan));

    public InvalidCastException Mismatch(Type target) =>
        new($"Column '{Column}' has the DuckDB type {Type}, which cannot be read as {target.Name}; its .NET type is {ClrType.Name}.");

    public InvalidCastException NullValue() => new($"Column '{Column}' value is null");

    protected InvalidCastException TooLarge(object value, Type target) =>
        new($"Column '{Column}' has the value {value}, which does not fit into {target.Name}.");
}
