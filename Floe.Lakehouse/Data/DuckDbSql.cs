using DuckDB.NET.Data;

namespace Floe.Lakehouse.Data;

/// <summary>Pieces of DuckDB's SQL.</summary>
internal static class DuckDbSql
{
    /// <summary>A quoted identifier.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"")}\"";

    /// <summary>A quoted string.</summary>
    public static string Text(string text) => $"'{text.Replace("'", "''")}'";

    /// <summary>Columns of a query with their types as DuckDB prints them; the query is bound, not run.</summary>
    public static IReadOnlyList<(string Name, string Type)> Describe(DuckDBConnection db, string selectSql)
    {
        using var command = db.CreateCommand();
        command.CommandText = $"DESCRIBE {selectSql}";
        using var reader = command.ExecuteReader();
        var columns = new List<(string, string)>();
        while (reader.Read())
            columns.Add((reader.GetString(0), reader.GetString(1)));
        return columns;
    }
}
