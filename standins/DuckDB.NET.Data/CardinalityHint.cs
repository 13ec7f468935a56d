namespace DuckDB.NET.Data;

/// <summary>How many rows a table function will return, for DuckDB's planner.</summary>
public record CardinalityHint(ulong Value, bool IsExact = false);
