using System.Collections;

namespace DuckDB.NET.Data;

/// <summary>What a table function returns for one call: its columns and its rows, which are enumerated once per scan.</summary>
public record TableFunction
{
    public TableFunction(IReadOnlyList<ColumnInfo> columns, IEnumerable data, CardinalityHint? cardinality = null)
    {
        Columns = columns;
        Data = data;
        Cardinality = cardinality;
    }

    public IReadOnlyList<ColumnInfo> Columns { get; }

    public CardinalityHint? Cardinality { get; }

    internal IEnumerable Data { get; }
}
