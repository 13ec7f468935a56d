using System.Numerics;
using DuckDB.NET.Data;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.SqlApi.Sessions;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Metadata;

/// <summary>
/// PostgreSQL's catalog for one caller, played by a small DuckDB of its own: it holds names of what the caller may see, none of the
/// data, and can reach neither files nor network.
/// </summary>
internal sealed class CatalogDatabase : IDisposable
{
    private const int MostRows = 50_000;
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);

    private readonly DuckDBConnection _root = new("DataSource=:memory:");
    private readonly CatalogContent _content;
    private readonly SemaphoreSlim _slots = new(4, 4);
    private readonly string _user;
    private readonly TimeProvider _clock;

    public CatalogDatabase(SemanticModel model, string user, SecurityContext caller, TimeProvider clock)
    {
        _clock = clock;
        _user = user;
        _content = new CatalogContent(model, caller);
        _root.Open();
        Execute(_root, "SET memory_limit = '128MB'; SET threads = 1; SET temp_directory = ''; SET TimeZone = 'UTC'; SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; CREATE SCHEMA info");
        Execute(_root, string.Join("; ", CatalogTables.CreateAll));
        Execute(_root, string.Join("; ", CatalogFunctions.CreateAll));
        Execute(_root, $"BEGIN; {string.Join("; ", _content.Statements())}; COMMIT");
        Execute(_root, "SET enable_external_access = false; SET lock_configuration = true");
    }

    /// <param name="values">Of $1, $2, …; empty with <paramref name="isDescribed"/>.</param>
    /// <param name="isDescribed">Only the columns are asked for.</param>
    /// <exception cref="SqlError">The query is refused, or takes too long.</exception>
    public async Task<(IReadOnlyList<OutputColumn> Columns, SqlRows Rows)> RunAsync(CatalogStatement statement, IReadOnlyList<object?> values, Func<int, IReadOnlyList<bool>> formats, bool isDescribed, CancellationToken ct)
    {
        var sql = CatalogSql.Write(statement.Tokens, _user, _clock.GetUtcNow().UtcDateTime, _content.Find);
        if (isDescribed) sql = $"SELECT * FROM ({sql}) AS \"described\" LIMIT 0";
        await _slots.WaitAsync(ct);
        using var limit = new CancellationTokenSource(_longest);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await Task.Run(() => Run(sql, values, formats, either.Token), CancellationToken.None);
        }
        // What was ended while it was still prepared is told as an error of its own.
        catch (DuckDBException e) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && (e is OperationCanceledException || (e is DuckDBException && limit.IsCancellationRequested)))
        {
            throw new SqlError(SqlStates.Canceled, $"A query of the catalog took longer than {_longest.TotalSeconds:0} s and was cancelled.", inner: e);
        }
        catch (DuckDBException e)
        {
            throw Refused(e);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose()
    {
        _root.Dispose();
        _slots.Dispose();
    }

    private (IReadOnlyList<OutputColumn> Columns, SqlRows Rows) Run(string sql, IReadOnlyList<object?> values, Func<int, IReadOnlyList<bool>> formats, CancellationToken ct)
    {
        using var connection = _root.Duplicate();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in values) command.Parameters.Add(new DuckDBParameter(value is List<object?> list ? list.Select(item => item?.ToString()).ToList() : value ?? DBNull.Value));
        using var cancellation = new CommandCancellation(command, ct);
        ct.ThrowIfCancellationRequested();
        using var reader = command.ExecuteReader();
        var columns = Enumerable.Range(0, reader.FieldCount).Select(i => new OutputColumn(NameOf(reader.GetName(i), _user), TypeOf(reader.GetFieldType(i)))).ToList();
        var rows = new RowCollector(columns, formats(columns.Count), MostRows);
        while (reader.Read()) rows.Add(reader);
        return (columns, new SqlRows(rows.Messages));
    }

    // PostgreSQL's names of columns that were given none: a function's, or ?column?.
    private static string NameOf(string name, string user)
    {
        if (name == $"'{user}'") return "current_user";
        if (name.StartsWith(CatalogFunctions.Prefix, StringComparison.Ordinal)) name = name[CatalogFunctions.Prefix.Length..];
        var end = name.AsSpan().IndexOfAnyExcept(_ofNames);
        return end < 0 && !char.IsAsciiDigit(name[0]) ? name : end < 0 ? "?column?" : end > 0 && name[end] == '(' && name[^1] == ')' ? name[..end] : name.Any(char.IsAsciiDigit) || name[0] is '(' or '\'' or '$' ? "?column?" : name;
    }

    private static readonly System.Buffers.SearchValues<char> _ofNames = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

    private static SqlType TypeOf(Type type) =>
        type == typeof(bool) ? SqlType.Bool
        : type == typeof(int) || type == typeof(short) || type == typeof(sbyte) || type == typeof(byte) ? SqlType.Int4
        : type == typeof(long) || type == typeof(uint) ? SqlType.Int8
        : type == typeof(double) || type == typeof(float) ? SqlType.Float8
        : type == typeof(decimal) || type == typeof(BigInteger) || type == typeof(ulong) ? SqlType.Numeric
        : type == typeof(DateTime) ? SqlType.Timestamp
        : type == typeof(DateOnly) ? SqlType.Date
        : SqlType.Text;

    private static SqlError Refused(DuckDBException e)
    {
        var text = e.Message.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? e.Message[..end] : e.Message;
        var state = text switch
        {
            _ when text.StartsWith("Parser Error", StringComparison.Ordinal) => SqlStates.SyntaxError,
            _ when text.StartsWith("Conversion Error", StringComparison.Ordinal) => SqlStates.InvalidText,
            _ when text.StartsWith("Out of Memory", StringComparison.Ordinal) => SqlStates.OutOfMemory,
            _ when text.Contains("Table with name", StringComparison.Ordinal) => SqlStates.UndefinedTable,
            _ when text.Contains("column", StringComparison.OrdinalIgnoreCase) && text.StartsWith("Binder Error", StringComparison.Ordinal) => SqlStates.UndefinedColumn,
            _ => SqlStates.FeatureNotSupported,
        };
        return new SqlError(state, $"This query of the catalog is not supported: {text.Replace(CatalogFunctions.Prefix, "")}", inner: e);
    }

    private static void Execute(DuckDBConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
