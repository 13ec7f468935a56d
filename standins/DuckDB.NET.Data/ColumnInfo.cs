namespace DuckDB.NET.Data;

/// <summary>A column of a table function; a decimal is a DECIMAL(38,18), a nullable type is its underlying one.</summary>
public record ColumnInfo(string Name, Type Type);
