using DuckDB.NET.Data.DataChunk.Writer;

namespace DuckDB.NET.Data.TableFunctions;

/// <summary>One use of a table function in one statement.</summary>
internal sealed class BoundTableFunction(TableFunction function, Action<object?, IDuckDBDataWriter[], ulong> mapper)
{
    public TableFunctionScan StartScan() => new(function.Data.GetEnumerator(), function.Columns, mapper);
}
