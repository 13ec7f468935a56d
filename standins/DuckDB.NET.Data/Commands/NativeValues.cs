using System.Collections;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using DuckDB.NET.Data.Vectors;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Commands;

/// <summary>Makes <c>duckdb_value</c>s of parameters. The caller destroys what it gets.</summary>
internal static unsafe class NativeValues
{
    public static nint Create(object? value) => value switch
    {
        null or DBNull => Libduckdb.CreateNull(),
        bool v => Libduckdb.CreateBool(v ? (byte)1 : (byte)0),
        sbyte v => Libduckdb.CreateInt8(v),
        short v => Libduckdb.CreateInt16(v),
        int v => Libduckdb.CreateInt32(v),
        long v => Libduckdb.CreateInt64(v),
        byte v => Libduckdb.CreateUInt8(v),
        ushort v => Libduckdb.CreateUInt16(v),
        uint v => Libduckdb.CreateUInt32(v),
        ulong v => Libduckdb.CreateUInt64(v),
        float v => Libduckdb.CreateFloat(v),
        double v => Libduckdb.CreateDouble(v),
        decimal v => CreateDecimal(v),
        BigInteger v => Libduckdb.CreateHugeInt(NativeInt128.From((Int128)v)),
        Guid v => CreateUuid(v),
        DateTime v => Libduckdb.CreateTimestamp(DuckDBEpoch.FromDateTime(v)),
        DateTimeOffset v => Libduckdb.CreateTimestampTz(DuckDBEpoch.FromDateTimeOffset(v)),
        DateOnly v => Libduckdb.CreateDate(DuckDBEpoch.FromDate(v)),
        DuckDBDateOnly v => Libduckdb.CreateDate(DuckDBEpoch.FromDate(v)),
        TimeOnly v => Libduckdb.CreateTime(v.Ticks / TimeSpan.TicksPerMicrosecond),
        DuckDBTimeOnly v => Libduckdb.CreateTime(v.Ticks / TimeSpan.TicksPerMicrosecond),
        TimeSpan v => CreateInterval(v),
        string v => CreateText(v),
        char v => CreateText(v.ToString()),
        Enum v => CreateText(v.ToString()),
        byte[] v => CreateBlob(v),
        IDictionary => throw Unsupported(value),
        IEnumerable v => CreateList(v),
        _ => throw Unsupported(value),
    };

    private static InvalidOperationException Unsupported(object value) =>
        new($"A parameter value of type {value.GetType().Name} has no DuckDB type; pass a number, text, date, time, Guid, byte[], or a list of these.");

    private static nint CreateDecimal(decimal value)
    {
        var (unscaled, scale) = DuckDBDecimal.Split(value);
        return Libduckdb.CreateDecimal(new NativeDecimal { Width = DuckDBDecimal.Width(unscaled, scale), Scale = scale, Value = NativeInt128.From(unscaled) });
    }

    private static nint CreateUuid(Guid value)
    {
        var number = DuckDBUuid.ToNumber(value);
        return Libduckdb.CreateUuid(new NativeInt128 { Lower = (ulong)number, Upper = (ulong)(number >> 64) });
    }

    private static nint CreateInterval(TimeSpan value) => Libduckdb.CreateInterval(new NativeInterval
    {
        Days = value.Days,
        Micros = value.Ticks % TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond,
    });

    private static nint CreateText(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        fixed (byte* text = bytes)
            return Libduckdb.CreateVarchar(text, (ulong)bytes.Length);
    }

    private static nint CreateBlob(byte[] value)
    {
        byte none = 0;
        fixed (byte* data = value)
            return Libduckdb.CreateBlob(data == null ? &none : data, (ulong)value.Length);
    }

    private static nint CreateList(IEnumerable values)
    {
        var elements = new List<nint>();
        try
        {
            foreach (var value in values)
                elements.Add(Create(value));
            using var type = new LogicalType(ListElementType(values, elements));
            fixed (nint* first = CollectionsMarshal.AsSpan(elements))
            {
                nint none = 0;
                return Libduckdb.CreateList(type.Pointer, first == null ? &none : first, (ulong)elements.Count);
            }
        }
        finally
        {
            foreach (var element in elements)
            {
                var owned = element;
                Libduckdb.DestroyValue(ref owned);
            }
        }
    }

    /// <summary>The type of the first element that is not NULL; of a default value where there is none. Decimals get the widest of all.</summary>
    private static nint ListElementType(IEnumerable list, List<nint> elements)
    {
        byte whole = 0, scale = 0;
        foreach (var element in elements.Where(element => Libduckdb.IsNullValue(element) == 0))
        {
            var type = Libduckdb.ValueType(element);
            var id = Libduckdb.TypeId(type);
            switch (id)
            {
                case DuckDBType.Decimal:
                    var width = Libduckdb.DecimalWidth(type);
                    scale = Math.Max(scale, Libduckdb.DecimalScale(type));
                    whole = Math.Max(whole, (byte)(width - Libduckdb.DecimalScale(type)));
                    continue;
                case DuckDBType.List:
                    using (var child = new LogicalType(Libduckdb.ListChildType(type)))
                        return Libduckdb.CreateListType(child.Pointer);
                default:
                    return Libduckdb.CreateLogicalType(id);
            }
        }
        if (whole + scale > 0)
            return Libduckdb.CreateDecimalType((byte)Math.Min(38, whole + scale), scale);
        var declared = list.GetType().IsArray ? list.GetType().GetElementType()! : list.GetType().GetGenericArguments() is [var only] ? only : typeof(string);
        return ClrTypes.TryMap(declared, out var mapped) ? ClrTypes.CreateLogicalType(mapped) : Libduckdb.CreateLogicalType(DuckDBType.Varchar);
    }
}
