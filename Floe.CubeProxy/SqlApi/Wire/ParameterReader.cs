using System.Globalization;
using Floe.CubeProxy.SqlApi.Translation;

namespace Floe.CubeProxy.SqlApi.Wire;

/// <summary>Reads the values of a Bind message, in text or binary, as the types that the statement gives them.</summary>
internal static class ParameterReader
{
    private const int LargestArray = 10_000;

    private static readonly DateTime _epoch = new(2000, 1, 1);

    /// <param name="oid">The type that the client declared, or that it was told.</param>
    /// <returns>bool, long, decimal, double, string, DateTime, <see cref="IntervalValue"/>, a list of these, or null.</returns>
    public static object? Read(ReadOnlyMemory<byte>? bytes, int oid, bool isBinary, int index)
    {
        if (bytes is not { } given) return null;
        var type = WireTypes.TypeOf(oid) ?? throw SqlError.Unsupported($"Parameter ${index} is declared with type {oid}, which this API does not take.");
        try
        {
            return isBinary ? Binary(new FrontendMessage((byte)'B', given.ToArray()), oid, type) : Text(FrontendMessage.Utf8(given.Span), type);
        }
        catch (SqlError e) when (e.State == SqlStates.ProtocolViolation)
        {
            throw new SqlError(SqlStates.InvalidBinary, $"Parameter ${index} has a length that is not one of type {type.DisplayName()}.");
        }
    }

    private static object Text(string text, SqlType type) =>
        type is SqlType.TextArray or SqlType.Int8Array or SqlType.NumericArray or SqlType.TimestampArray
            ? (List<object?>)[.. TextArray(text).Select(item => item is null ? null : Values.Convert(item, type.ElementOf()))]
            : type == SqlType.Unknown ? text : Values.Convert(text, type)!;

    private static object Binary(FrontendMessage value, int oid, SqlType type)
    {
        switch (oid)
        {
            case WireTypes.Bool: return value.Byte() != 0;
            case WireTypes.Int2: return (long)value.Int16();
            case WireTypes.Int4: return (long)value.Int32();
            case WireTypes.Oid: return (long)(uint)value.Int32();
            case WireTypes.Int8: return Int64(value);
            case WireTypes.Float4: return (double)BitConverter.Int32BitsToSingle(value.Int32());
            case WireTypes.Float8: return BitConverter.Int64BitsToDouble(Int64(value));
            case WireTypes.Numeric: return Values.Convert(NumericFormat.Read(value), SqlType.Numeric)!;
            case WireTypes.Date: return Moment((decimal)value.Int32() * TimeSpan.TicksPerDay);
            case WireTypes.Timestamp or WireTypes.TimestampTz: return Moment((decimal)Int64(value) * TimeSpan.TicksPerMicrosecond);
            case WireTypes.Uuid: return new Guid(value.Bytes(16).Span, bigEndian: true).ToString();
            case WireTypes.Interval:
                var microseconds = Int64(value);
                var days = value.Int32();
                return new IntervalValue(value.Int32(), days, microseconds);
        }
        return type switch
        {
            SqlType.TextArray or SqlType.Int8Array or SqlType.NumericArray or SqlType.TimestampArray => Array(value),
            _ => FrontendMessage.Utf8(value.Rest().Span),
        };
    }

    private static List<object?> Array(FrontendMessage value)
    {
        var dimensions = value.Int32();
        value.Int32();
        var oid = value.Int32();
        if (dimensions == 0) return [];
        if (dimensions != 1) throw SqlError.Unsupported("A parameter is an array of several dimensions; only lists are taken.");
        var count = value.Int32();
        value.Int32();
        if (count is < 0 or > LargestArray) throw new SqlError(SqlStates.ProgramLimit, $"A parameter is a list of {count} items; {LargestArray} are taken.");
        var type = WireTypes.TypeOf(oid) ?? throw SqlError.Unsupported($"A parameter is a list of type {oid}, which this API does not take.");
        var items = new List<object?>();
        for (var i = 0; i < count; i++)
        {
            var length = value.Int32();
            items.Add(length < 0 ? null : Binary(new FrontendMessage((byte)'B', value.Bytes(length).ToArray()), oid, type));
        }
        return items;
    }

    private static List<string?> TextArray(string text)
    {
        if (text is not ['{', .., '}']) throw new SqlError(SqlStates.InvalidText, "A list is written {a,b,c}.");
        var items = new List<string?>();
        var at = 1;
        while (at < text.Length - 1)
        {
            var item = new System.Text.StringBuilder();
            var isQuoted = text[at] == '"';
            if (isQuoted) at++;
            while (at < text.Length - 1 && (isQuoted ? text[at] != '"' : text[at] != ','))
            {
                if (text[at] == '\\' && at < text.Length - 2) at++;
                item.Append(text[at++]);
            }
            if (isQuoted) at++;
            items.Add(!isQuoted && item.ToString().Equals("null", StringComparison.OrdinalIgnoreCase) ? null : item.ToString());
            if (items.Count > LargestArray) throw new SqlError(SqlStates.ProgramLimit, $"A parameter is a list of more than {LargestArray} items.");
            at++;
        }
        return items;
    }

    private static long Int64(FrontendMessage value) => ((long)value.Int32() << 32) | (uint)value.Int32();

    private static DateTime Moment(decimal ticks)
    {
        var at = _epoch.Ticks + ticks;
        return at >= DateTime.MinValue.Ticks && at <= DateTime.MaxValue.Ticks ? new DateTime((long)at) : throw OutOfCalendar();
    }

    private static SqlError OutOfCalendar() => new(SqlStates.InvalidDatetime, "A time parameter lies outside the years 1 to 9999.");
}
