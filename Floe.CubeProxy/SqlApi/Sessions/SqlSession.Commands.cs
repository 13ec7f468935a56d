using Floe.CubeProxy.SqlApi.Syntax;
using Floe.CubeProxy.SqlApi.Wire;

namespace Floe.CubeProxy.SqlApi.Sessions;

internal sealed partial class SqlSession
{
    // A transaction that failed takes only its end.
    private void CheckTransaction(Statement statement)
    {
        if (_transaction == 'E' && statement is not (CommandStatement { Verb: "commit" or "end" or "rollback" or "abort" } or EmptyStatement))
            throw new SqlError(SqlStates.InFailedTransaction, "The transaction has failed; end it with ROLLBACK first.");
    }

    /// <param name="describes">A result is announced by its columns (simple queries).</param>
    private void Command(CommandStatement command, bool describes)
    {
        var tokens = command.Tokens;
        Token At(int i) => i < tokens.Count ? tokens[i] : default;
        switch (command.Verb)
        {
            case "begin" or "start":
                _transaction = 'T';
                _out.CommandComplete(command.Verb == "begin" ? "BEGIN" : "START TRANSACTION");
                break;
            case "commit" or "end" when !At(1).Is("prepared"):
                _out.CommandComplete(_transaction == 'E' ? "ROLLBACK" : "COMMIT");
                EndTransaction();
                break;
            case "rollback" or "abort" when !tokens.Any(token => token.IsAny("to", "prepared")):
                _out.CommandComplete("ROLLBACK");
                EndTransaction();
                break;
            case "set":
                Set(tokens);
                _out.CommandComplete("SET");
                break;
            case "reset":
                if (At(1).Is("all")) _settings.Reset();
                else _settings.Set(NameOf(tokens, 1), null);
                _out.CommandComplete("RESET");
                break;
            case "show":
                Show(tokens, describes);
                break;
            case "discard" when At(1).IsAny("all", "plans", "sequences", "temp", "temporary"):
                if (At(1).Is("all"))
                {
                    if (_transaction != 'I') throw new SqlError("25001", "DISCARD ALL cannot run inside a transaction.");
                    _settings.Reset();
                    _statements.Clear();
                    _portals.Clear();
                }
                _out.CommandComplete($"DISCARD {At(1).Text.ToUpperInvariant()}");
                break;
            case "deallocate":
                var name = At(1).Is("prepare") ? At(2) : At(1);
                if (name.Is("all")) _statements.Clear();
                else if (!name.IsName || !(_statements.Remove(name.Text) || _statements.Remove(name.Text.ToLowerInvariant()))) throw new SqlError(SqlStates.InvalidStatementName, "DEALLOCATE names no prepared statement of this connection.");
                _out.CommandComplete(name.Is("all") ? "DEALLOCATE ALL" : "DEALLOCATE");
                break;
            case "unlisten":
                _out.CommandComplete("UNLISTEN");
                break;
            case "close" when At(1).Is("all"):
                _portals.Clear();
                _out.CommandComplete("CLOSE CURSOR ALL");
                break;
            default:
                throw SqlError.Unsupported($"This form of {command.Verb.ToUpperInvariant()} is not supported.", tokens[0].Position);
        }
    }

    private void EndTransaction()
    {
        _transaction = 'I';
        _portals.Clear();
    }

    // SET [SESSION|LOCAL] name {TO|=} value, …; SET TIME ZONE value; SET NAMES value; SET TRANSACTION …; SET SESSION CHARACTERISTICS …
    private void Set(IReadOnlyList<Token> tokens)
    {
        var at = 1;
        if (at + 1 < tokens.Count && tokens[at].IsAny("session", "local") && tokens[at + 1].IsName && !tokens[at + 1].IsAny("to", "authorization")) at++;
        if (at < tokens.Count && tokens[at].IsAny("transaction", "characteristics", "constraints")) return;
        if (tokens.Count == 4 && tokens[1].Is("session") && tokens[2].Is("authorization") && tokens[3].Is("default")) return;
        string name;
        if (at + 1 < tokens.Count && tokens[at].Is("time") && tokens[at + 1].Is("zone")) (name, at) = ("TimeZone", at + 2);
        else if (at < tokens.Count && tokens[at].Is("names")) (name, at) = ("client_encoding", at + 1);
        else
        {
            name = NameOf(tokens, at);
            at++;
            while (at + 1 < tokens.Count && tokens[at].IsSymbol(".")) at += 2;
            if (at >= tokens.Count || !(tokens[at].IsSymbol("=") || tokens[at].Is("to"))) throw SqlError.Syntax("SET is written SET name = value.", tokens[0].Position);
            at++;
        }
        var values = tokens.Skip(at).Where(token => !token.IsSymbol(",")).Select(token => token.Text).ToList();
        if (values.Count == 0) throw SqlError.Syntax("SET has no value.", tokens[0].Position);
        var value = string.Join(", ", values);
        if (value.Length > 1000) throw new SqlError(SqlStates.InvalidParameterValue, "The value of SET has more than 1000 characters.");
        if (_settings.Set(name, tokens[at] is var first && first.Is("default") ? null : value) is { } reported) _out.ParameterStatus(reported, _settings.Show(reported));
    }

    private void Show(IReadOnlyList<Token> tokens, bool describes)
    {
        if (tokens.Count > 1 && tokens[1].Is("all") && describes)
        {
            _out.RowDescription([new OutputColumn("name", SqlType.Text), new OutputColumn("setting", SqlType.Text)], null);
            foreach (var (key, setting) in _settings.All.OrderBy(setting => setting.Key, StringComparer.OrdinalIgnoreCase)) Row(key, setting);
            _out.CommandComplete("SHOW");
            return;
        }
        var name = tokens.Count > 2 && tokens[1].Is("transaction") && tokens[2].Is("isolation") ? "transaction_isolation" : tokens.Count > 2 && tokens[1].Is("time") && tokens[2].Is("zone") ? "TimeZone" : NameOf(tokens, 1);
        var value = _settings.Show(name);
        if (describes) _out.RowDescription([new OutputColumn(name, SqlType.Text)], null);
        Row(value);
        _out.CommandComplete("SHOW");
    }

    private void Row(params ReadOnlySpan<string> values)
    {
        _out.Begin((byte)'D');
        _out.Int16((short)values.Length);
        foreach (var value in values) ValueWriter.Write(_out, value, SqlType.Text, false);
        _out.End();
    }

    private static string NameOf(IReadOnlyList<Token> tokens, int at) =>
        at < tokens.Count && tokens[at].IsName ? tokens[at].Text : throw SqlError.Syntax($"{tokens[0].Text.ToUpperInvariant()} names no setting.", tokens[0].Position);
}
