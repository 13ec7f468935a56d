namespace DuckDB.NET.Data.Commands;

/// <summary>Runs the statements of one command in order, each when it is asked for.</summary>
internal sealed class StatementRun(DuckDBCommand command, StatementList statements) : IDisposable
{
    private ulong next;

    /// <summary>Runs the next statement.</summary>
    /// <returns>Its result, or null when all have run.</returns>
    public StatementResult? Next()
    {
        if (next >= statements.Count)
            return null;
        command.ThrowIfCancelled();
        using var statement = statements.Prepare(next++);
        statement.Bind(command.Parameters);
        command.ThrowIfCancelled();
        return statement.Execute(command.UseStreamingMode);
    }

    /// <summary>Runs statements up to the next one with rows.</summary>
    public StatementResult? NextWithRows()
    {
        while (Next() is { } result)
        {
            if (result.HasRows)
                return result;
            result.Dispose();
        }
        return null;
    }

    public void Dispose() => statements.Dispose();
}
