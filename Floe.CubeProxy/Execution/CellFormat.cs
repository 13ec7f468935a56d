using System.Collections;
using System.Globalization;
using System.Numerics;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Execution;

/// <summary>Values of DuckDB as Cube's API writes them.</summary>
internal static class CellFormat
{
    private static readonly object _true = true;
    private static readonly object _false = false;

    public static object? Of(object value) => value switch
    {
        DBNull => null,
        string text => text,
        bool flag => flag ? _true : _false,
        long number => number.ToString(CultureInfo.InvariantCulture),
        int number => number.ToString(CultureInfo.InvariantCulture),
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        double number => Number(number),
        float number => Number(number),
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        DateTime time => LocalTime.Format(time),
        DateOnly date => LocalTime.Format(date.ToDateTime(TimeOnly.MinValue)),
        DateTimeOffset time => LocalTime.Format(time.UtcDateTime),
        Guid id => id.ToString(),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(item => item is null ? "NULL" : Of(item)))}]",
        _ => value.ToString(),
    };

    // Infinity and NaN have no JSON number; Cube's clients get null for them.
    private static string? Number(double number) => double.IsFinite(number) ? number.ToString(CultureInfo.InvariantCulture) : null;
}
