namespace Floe.Lakehouse;

/// <summary>Base of every error that this library raises on purpose. The message names the table or file, the value and the rule.</summary>
public class LakehouseException : Exception
{
    /// <summary>An error with its sentence.</summary>
    public LakehouseException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A file of a table (metadata, manifest list, manifest, data) cannot be read as what it should be.</summary>
public sealed class CorruptFileException(string location, string reason, Exception? inner = null, string? table = null)
    : LakehouseException(table is null ? $"The file '{location}' is not readable: {reason}" : $"The file '{location}' of the table {table} is not readable: {reason}", inner)
{
    /// <summary>The table that the file belongs to, where it is known.</summary>
    public string? Table { get; } = table;

    /// <summary>Location of the file.</summary>
    public string Location { get; } = location;

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; } = reason;

    /// <summary>The same error with the table's name.</summary>
    internal CorruptFileException Of(Catalog.TableIdentifier identifier) => new(Location, Reason, InnerException, Table ?? identifier.ToString());
}

/// <summary>The table uses a format version or feature of the Iceberg specification that this library does not have.</summary>
public sealed class UnsupportedFormatException(string message) : LakehouseException(message);

/// <summary>A schema, partition spec or value breaks a rule of the Iceberg specification.</summary>
public sealed class ValidationException(string message, Exception? inner = null) : LakehouseException(message, inner);

/// <summary>A table's metadata name a file outside of the warehouse.</summary>
public sealed class OutsideWarehouseException(Catalog.TableIdentifier table, string location, IReadOnlyList<string> warehouse)
    : LakehouseException($"The table {table} names '{location}', which is outside of its warehouse ({string.Join(", ", warehouse)}): the file is not touched. If the place is right, add it to the setting Lakehouse:AllowedLocations.")
{
    /// <summary>The location.</summary>
    public string Location { get; } = location;
}
