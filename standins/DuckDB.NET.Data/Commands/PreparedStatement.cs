using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Commands;

/// <summary>One prepared statement: binds the command's parameters and runs.</summary>
internal sealed class PreparedStatement(nint prepared) : IDisposable
{
    /// <exception cref="InvalidOperationException">Fewer unnamed parameters than the statement has places.</exception>
    public void Bind(DuckDBParameterCollection parameters)
    {
        var expected = (int)Libduckdb.ParameterCount(prepared);
        if (expected == 0)
            return;
        var named = parameters.Count > 0 && parameters[0].ParameterName.Length > 0;
        if (!named && parameters.Count < expected)
            throw new InvalidOperationException($"Invalid number of parameters. Expected {expected}, got {parameters.Count}");
        for (var i = 1; i <= expected; i++)
        {
            var parameter = named ? Find(parameters, i) : parameters[i - 1];
            if (parameter is not null)
                Bind(i, parameter.Value);
        }
    }

    /// <exception cref="DuckDBException">The statement failed, with the type of its error.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public StatementResult Execute(bool streaming)
    {
        var status = streaming ? Libduckdb.ExecuteStreaming(prepared, out var native) : Libduckdb.Execute(prepared, out native);
        var result = new StatementResult(native);
        if (status == Libduckdb.Success)
            return result;
        using (result)
            throw result.Error();
    }

    public void Dispose()
    {
        if (prepared != 0)
            Libduckdb.DestroyPrepare(ref prepared);
        prepared = 0;
    }

    private DuckDBParameter? Find(DuckDBParameterCollection parameters, int position)
    {
        var name = NativeText.Owned(Libduckdb.ParameterName(prepared, (ulong)position));
        return parameters.IndexOf(name) is >= 0 and var index ? parameters[index] : null;
    }

    private void Bind(int position, object? value)
    {
        var native = NativeValues.Create(value);
        try
        {
            if (Libduckdb.BindValue(prepared, (ulong)position, native) != Libduckdb.Success)
                throw new DuckDBException(NativeText.Borrowed(Libduckdb.PrepareError(prepared)), DuckDBErrorType.InvalidInput);
        }
        finally
        {
            Libduckdb.DestroyValue(ref native);
        }
    }
}
