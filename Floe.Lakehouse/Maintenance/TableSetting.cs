using System.Globalization;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Maintenance;

/// <summary>Table properties that are whole numbers.</summary>
internal static class TableSetting
{
    /// <exception cref="ValidationException">The property is there and not a whole number from <paramref name="least"/>.</exception>
    public static long Number(Table table, string key, long otherwise, long least) =>
        !table.Metadata.Properties.TryGetValue(key, out var text) ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least ? number
        : throw new ValidationException($"The table {table.Identifier} has the property {key}={text}; it must be a whole number from {least}.");
}
