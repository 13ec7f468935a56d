using DuckDB.NET.Data;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Data;

/// <summary>Errors of DuckDB that are about a table's rows or files, and not about the caller's SQL.</summary>
internal static class DuckDbFailures
{
    // DuckDB's numbers (duckdb.h, duckdb_error_type).
    private const int OutOfRange = 1;
    private const int Conversion = 2;
    private const int Io = 28;
    private const int InvalidInput = 32;

    /// <summary>The library's error, or null when the caller's query is at fault in another way.</summary>
    /// <param name="failure">DuckDB's error.</param>
    /// <param name="table">The table that is written.</param>
    /// <param name="folder">Where its files are written first.</param>
    public static LakehouseException? Explain(DuckDBException failure, Table table, string folder) => (int)failure.ErrorType switch
    {
        OutOfRange or Conversion => new ValidationException($"The rows for {table.Identifier} do not fit: {failure.Message} Nothing was written.", failure),
        InvalidInput when failure.Message.Contains("DECIMAL", StringComparison.OrdinalIgnoreCase) =>
            new ValidationException($"The rows for {table.Identifier} do not fit: {failure.Message} Nothing was written.", failure),
        Io => new StorageException(folder, $"rows of {table.Identifier} could not be read or kept there: {failure.Message}", failure),
        _ => null,
    };
}
