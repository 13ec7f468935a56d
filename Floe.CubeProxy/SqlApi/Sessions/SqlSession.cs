using System.Globalization;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.SqlApi.Metadata;
using Floe.CubeProxy.SqlApi.Syntax;
using Floe.CubeProxy.SqlApi.Translation;
using Floe.CubeProxy.SqlApi.Users;
using Floe.CubeProxy.SqlApi.Wire;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>One client after it has signed in: reads its messages, answers each (PostgreSQL, chapter "Message Flow").</summary>
internal sealed partial class SqlSession(SqlConnection connection, SqlUser user, SqlApiSettings limits, CubeQueries cubes, Catalogs catalogs, ILogger log)
{
    private const int MostStatements = 256;
    private const int MostStatementText = 4 * 1024 * 1024;
    private const int MostPortals = 64;
    private const int FlushAt = 32 * 1024;

    private readonly MessageWriter _out = new();
    private readonly SessionSettings _settings = new(user.Name);
    private readonly Dictionary<string, PreparedStatement> _statements = [];
    private readonly Dictionary<string, Portal> _portals = [];
    private readonly object _gate = new();
    private CancellationTokenSource? _running;
    private bool _skipsToSync;

    // I: none, T: in a transaction, E: in one that failed.
    private char _transaction = 'I';

    /// <summary>Ends the statement that runs, if one does.</summary>
    public void Cancel()
    {
        lock (_gate) _running?.Cancel();
    }

    /// <param name="process">Number and secret for a CancelRequest.</param>
    public async Task RunAsync(IReadOnlyDictionary<string, string> parameters, (int Process, int Secret) process, CancellationToken ct)
    {
        foreach (var (name, value) in parameters.Where(parameter => parameter.Key is "application_name" or "client_encoding" or "statement_timeout")) _settings.Set(name, value);
        foreach (var (name, value) in _settings.Reported) _out.ParameterStatus(name, value);
        _out.Begin((byte)'K');
        _out.Int32(process.Process);
        _out.Int32(process.Secret);
        _out.End();
        _out.ReadyForQuery(_transaction);
        await FlushAsync(ct);

        while (await connection.Reader.ReadAsync(limits.LongestMessage, limits.Idle, ct) is { } message)
        {
            if (message.Type == 'X') return;
            if (_skipsToSync && message.Type != 'S') continue;
            try
            {
                await AnswerAsync(message, ct);
            }
            catch (Exception e) when (e is not IOException && ErrorOf(e, ct) is { IsFatal: false } error)
            {
                await FailAsync(message.Type, error, ct);
            }
        }
    }

    private async Task FailAsync(byte type, SqlError error, CancellationToken ct)
    {
        if (_transaction == 'T') _transaction = 'E';
        _out.Error(error);
        if (type == 'Q')
        {
            _out.ReadyForQuery(_transaction);
        }
        else
        {
            _skipsToSync = true;
        }
        await FlushAsync(ct);
    }

    /// <summary>What went wrong, as the client is told; null: it is not the client's affair.</summary>
    private SqlError? ErrorOf(Exception exception, CancellationToken ct)
    {
        switch (exception)
        {
            case SqlError error: return error;
            case CubeApiException error: return EngineErrors.Of(error);
            case OperationCanceledException when !ct.IsCancellationRequested: return new SqlError(SqlStates.Canceled, "The statement was cancelled.");
            case OperationCanceledException: return null;
            default:
                LogFailure(log, exception);
                return new SqlError(SqlStates.Internal, "The service failed to answer this statement; the reason is in its log.");
        }
    }

    private async Task AnswerAsync(FrontendMessage message, CancellationToken ct)
    {
        switch ((char)message.Type)
        {
            case 'Q':
                await QueryAsync(message.ZeroEnded(), ct);
                break;
            case 'P':
                Parse(message);
                break;
            case 'B':
                Bind(message);
                break;
            case 'D':
                await DescribeAsync(message, ct);
                break;
            case 'E':
                await ExecuteAsync(message.ZeroEnded(), message.Int32(), ct);
                break;
            case 'C':
                Close(message);
                break;
            case 'H':
                await FlushAsync(ct);
                break;
            case 'S':
                _skipsToSync = false;
                if (_transaction == 'I') _portals.Clear();
                _out.ReadyForQuery(_transaction);
                await FlushAsync(ct);
                break;
            case 'F':
                throw SqlError.Unsupported("Function calls by protocol message are not supported; use SELECT.");
            case 'd' or 'c' or 'f':
                // Rests of a COPY that was refused.
                break;
            default:
                throw SqlError.Protocol($"There is no message of type {message.Type}.");
        }
        if (_out.Length > FlushAt) await FlushAsync(ct);
    }

    private async Task QueryAsync(string sql, CancellationToken ct)
    {
        _statements.Remove("");
        _portals.Remove("");
        foreach (var statement in StatementReader.Read(sql))
        {
            CheckTransaction(statement);
            switch (statement)
            {
                case EmptyStatement:
                    _out.Empty((byte)'I');
                    break;
                case CommandStatement command:
                    Command(command, describes: true);
                    break;
                default:
                    var portal = new Portal(new PreparedStatement(statement, [], null, 0) { TraceParent = StatementTrace.In(sql) }, [], []);
                    var (columns, rows) = await ResultAsync(portal, ct);
                    _out.RowDescription(columns, null);
                    await SendRowsAsync(portal, rows, 0, ct);
                    break;
            }
        }
        _out.ReadyForQuery(_transaction);
        await FlushAsync(ct);
    }

    private void Parse(FrontendMessage message)
    {
        var name = message.ZeroEnded();
        var sql = message.ZeroEnded();
        try
        {
            Prepare(name, sql, message);
        }
        catch (Exception e)
        {
            // Of what is refused before it runs there would be no span.
            using var span = StatementTrace.Start(StatementTrace.In(sql));
            StatementTrace.Failed(span, e);
            throw;
        }
    }

    private void Prepare(string name, string sql, FrontendMessage message)
    {
        var declared = new List<int>();
        for (var count = message.Count(4); count > 0; count--) declared.Add(message.Int32());
        if (name.Length > 0 && _statements.ContainsKey(name)) throw new SqlError(SqlStates.DuplicateStatement, $"There is a prepared statement '{Shortened(name)}' already.");
        if (StatementReader.Read(sql) is not [var statement]) throw SqlError.Syntax("A prepared statement is one statement; several can only be sent as a simple query.", 0);
        CheckTransaction(statement);
        var types = declared.Select((oid, i) => WireTypes.TypeOf(oid) ?? throw SqlError.Unsupported($"Parameter ${i + 1} is declared with type {oid}, which this API does not take.")).ToList();
        IReadOnlyList<OutputColumn>? columns = null;
        IReadOnlyList<int> oids = declared;
        switch (statement)
        {
            case CubeStatement cube:
                var found = new ParameterTypes(types);
                columns = cubes.Describe(cube.Select, found, user.Context);
                oids = [.. found.Types.Select((type, i) => i < declared.Count && declared[i] is not (0 or WireTypes.Unknown) ? declared[i] : WireTypes.OidOf(type))];
                break;
            case CatalogStatement catalog:
                if (catalog.Parameters > 1000) throw new SqlError(SqlStates.TooComplex, "A statement has more than 1000 parameters.");
                oids = [.. Enumerable.Range(0, Math.Max(catalog.Parameters, declared.Count)).Select(i => i < declared.Count && declared[i] is not (0 or WireTypes.Unknown) ? declared[i] : WireTypes.Text)];
                break;
            case CommandStatement { Verb: "show" } show:
                columns = [new OutputColumn(NameOf(show.Tokens, 1), SqlType.Text)];
                break;
        }
        _statements.Remove(name);
        if (_statements.Count >= MostStatements || _statements.Values.Sum(known => known.Length) + sql.Length > MostStatementText)
            throw new SqlError(SqlStates.ProgramLimit, $"A connection keeps {MostStatements} prepared statements with {MostStatementText / 1024 / 1024} MB of text at most; close some.");
        _statements[name] = new PreparedStatement(statement, oids, columns, sql.Length) { TraceParent = StatementTrace.In(sql) };
        _out.Empty((byte)'1');
    }

    private void Bind(FrontendMessage message)
    {
        var name = message.ZeroEnded();
        var statement = FindStatement(message.ZeroEnded());
        var formats = new List<short>();
        for (var count = message.Count(2); count > 0; count--) formats.Add(Format(message.Int16()));
        var given = message.Count(4);
        if (given != statement.Oids.Count) throw SqlError.Protocol($"Bind has {given} values and the statement {statement.Oids.Count} parameters.");
        if (formats.Count > 1 && formats.Count != given) throw SqlError.Protocol($"Bind has {formats.Count} formats for {given} values.");
        CheckTransaction(statement.Statement);
        var values = new List<object?>();
        for (var i = 0; i < given; i++)
        {
            var length = message.Int32();
            var format = formats.Count switch { 0 => 0, 1 => formats[0], _ => formats[i] };
            values.Add(ParameterReader.Read(length < 0 ? null : message.Bytes(length), statement.Oids[i], format == 1, i + 1));
        }
        var results = new List<short>();
        for (var count = message.Count(2); count > 0; count--) results.Add(Format(message.Int16()));
        if (name.Length > 0 && _portals.ContainsKey(name)) throw new SqlError("42P03", $"There is a portal '{Shortened(name)}' already.");
        _portals.Remove(name);
        if (_portals.Count >= MostPortals) throw new SqlError(SqlStates.ProgramLimit, $"A connection has {MostPortals} portals at most; close some.");
        _portals[name] = new Portal(statement, values, results);
        _out.Empty((byte)'2');
    }

    private static short Format(short format) => format is 0 or 1 ? format : throw SqlError.Protocol($"There is no format {format}; 0 is text, 1 is binary.");

    private async Task DescribeAsync(FrontendMessage message, CancellationToken ct)
    {
        var kind = (char)message.Byte();
        var name = message.ZeroEnded();
        if (kind == 'S')
        {
            var statement = FindStatement(name);
            _out.Begin((byte)'t');
            _out.Int16((short)statement.Oids.Count);
            foreach (var oid in statement.Oids) _out.Int32(oid);
            _out.End();
            var columns = statement.Columns ?? (statement.Statement is CatalogStatement catalog ? (await RunningAsync(stop => catalogs.Of(user).RunAsync(catalog, new object?[statement.Oids.Count], count => new bool[count], true, stop), ct)).Columns : null);
            Describe(columns, null);
        }
        else if (kind == 'P')
        {
            var portal = FindPortal(name);
            // The catalog's columns are known when it has answered, so it is asked here.
            if (portal.Statement.Columns is null && portal.Statement.Statement is CatalogStatement) await ResultAsync(portal, ct);
            var columns = portal.Result?.Columns ?? portal.Statement.Columns;
            Describe(columns, columns is null ? null : portal.Formats(columns.Count));
        }
        else
        {
            throw SqlError.Protocol($"Describe is for S or P, not '{kind}'.");
        }
    }

    private void Describe(IReadOnlyList<OutputColumn>? columns, IReadOnlyList<bool>? isBinary)
    {
        if (columns is null) _out.Empty((byte)'n');
        else _out.RowDescription(columns, isBinary);
    }

    private async Task ExecuteAsync(string name, int mostRows, CancellationToken ct)
    {
        var portal = FindPortal(name);
        CheckTransaction(portal.Statement.Statement);
        switch (portal.Statement.Statement)
        {
            case EmptyStatement:
                _out.Empty((byte)'I');
                break;
            case CommandStatement command:
                Command(command, describes: false);
                break;
            default:
                var (_, rows) = await ResultAsync(portal, ct);
                await SendRowsAsync(portal, rows, Math.Max(mostRows, 0), ct);
                break;
        }
    }

    private async Task<(IReadOnlyList<OutputColumn> Columns, SqlRows Rows)> ResultAsync(Portal portal, CancellationToken ct)
    {
        if (portal.Result is { } known) return known;
        using var span = StatementTrace.Start(portal.Statement.TraceParent);
        span?.SetTag("cube.reads_catalog", portal.Statement.Statement is CatalogStatement);
        try
        {
            var result = await RunningAsync(stop => portal.Statement.Statement switch
            {
                CubeStatement cube => cubes.RunAsync(cube.Select, new BoundParameters(portal.Values), user.Context, portal.Formats, stop),
                CatalogStatement catalog => catalogs.Of(user).RunAsync(catalog, portal.Values, portal.Formats, false, stop),
                _ => throw new InvalidOperationException("Only queries have results."),
            }, ct);
            portal.Result = result;
            return result;
        }
        catch (Exception e)
        {
            StatementTrace.Failed(span, e);
            throw;
        }
    }

    // While it runs, a CancelRequest and the session's time limit can end it.
    private async Task<T> RunningAsync<T>(Func<CancellationToken, Task<T>> run, CancellationToken ct)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (_settings.StatementTimeout > TimeSpan.Zero) running.CancelAfter(_settings.StatementTimeout);
        lock (_gate) _running = running;
        try
        {
            return await run(running.Token);
        }
        finally
        {
            lock (_gate) _running = null;
        }
    }

    private async Task SendRowsAsync(Portal portal, SqlRows rows, int mostRows, CancellationToken ct)
    {
        var (end, count) = rows.Take(portal.Position, mostRows);
        var part = rows.Messages[portal.Position..end];
        portal.Position = end;
        if (part.Length < FlushAt)
        {
            _out.Bytes(part.Span);
        }
        else
        {
            await FlushAsync(ct);
            await connection.SendAsync(part, ct);
        }
        if (mostRows > 0 && count == mostRows && end < rows.Messages.Length) _out.Empty((byte)'s');
        else _out.CommandComplete(string.Create(CultureInfo.InvariantCulture, $"SELECT {count}"));
    }

    private void Close(FrontendMessage message)
    {
        var kind = (char)message.Byte();
        var name = message.ZeroEnded();
        if (kind == 'S') _statements.Remove(name);
        else if (kind == 'P') _portals.Remove(name);
        else throw SqlError.Protocol($"Close is for S or P, not '{kind}'.");
        _out.Empty((byte)'3');
    }

    private PreparedStatement FindStatement(string name) => _statements.GetValueOrDefault(name)
        ?? throw new SqlError(SqlStates.InvalidStatementName, name.Length == 0 ? "There is no unnamed prepared statement." : $"There is no prepared statement '{Shortened(name)}'.");

    private Portal FindPortal(string name) => _portals.GetValueOrDefault(name)
        ?? throw new SqlError(SqlStates.InvalidPortalName, name.Length == 0 ? "There is no unnamed portal." : $"There is no portal '{Shortened(name)}'.");

    private static string Shortened(string name) => name.Length > 63 ? name[..63] : name;

    private async Task FlushAsync(CancellationToken ct)
    {
        if (_out.Length == 0) return;
        await connection.SendAsync(_out.Written, ct);
        _out.Clear();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "SQL API: a statement failed.")]
    private static partial void LogFailure(ILogger logger, Exception exception);
}
