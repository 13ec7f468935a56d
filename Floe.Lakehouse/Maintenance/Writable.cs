using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Maintenance;

/// <summary>Tables that maintenance may touch.</summary>
internal static class Writable
{
    private const int Version = 2;

    /// <summary>Refuses what cannot be written.</summary>
    public static void Check(Table table)
    {
        if (table.Metadata.FormatVersion != Version)
            throw new UnsupportedFormatException($"The table {table.Identifier} has format version {table.Metadata.FormatVersion}; only version {Version} is written, upgrade the table first.");
    }

    /// <summary>Refuses to remove files of a table whose files belong to others too (table property <c>gc.enabled</c>).</summary>
    public static void CheckFilesMayGo(Table table)
    {
        if (table.Metadata.Properties.GetValueOrDefault("gc.enabled") is "false")
            throw new ValidationException($"The table {table.Identifier} has the property gc.enabled=false: other tables may use its files, so none is removed; set it to true when none does.");
    }
}
