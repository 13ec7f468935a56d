using System.Globalization;
using System.Text;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Metadata;

/// <summary>
/// Writes a query over PostgreSQL's catalog for the DuckDB that plays it. It is put together from the tokens, texts and names in
/// quotes of this service's making, so that both understand the same.
/// </summary>
internal static class CatalogSql
{
    private const int MostTokens = 5_000;
    private const int DeepestNesting = 60;

    private static readonly HashSet<string> _numberTypes = new(StringComparer.OrdinalIgnoreCase) { "oid", "xid", "cid", "cardinal_number" };
    private static readonly HashSet<string> _textTypes = new(StringComparer.OrdinalIgnoreCase) { "name", "char", "regproc", "regprocedure", "regclass", "regtype", "regnamespace", "regrole", "aclitem", "pg_node_tree", "sql_identifier", "character_data", "yes_or_no" };

    /// <param name="now">The time in UTC that <c>now()</c> gives.</param>
    /// <param name="find">The number of a class or type by its name; null: there is none.</param>
    public static string Write(IReadOnlyList<Token> tokens, string user, DateTime now, Func<string, string, long?> find)
    {
        if (tokens.Count > MostTokens) throw new SqlError(SqlStates.TooComplex, $"A query of the catalog has more than {MostTokens} words and signs.");
        var sql = new StringBuilder();
        var depth = 0;
        var aliases = FunctionAliases(tokens);
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            Token Next(int n = 1) => i + n < tokens.Count ? tokens[i + n] : default;
            if (token.IsSymbol("(") && ++depth > DeepestNesting) throw new SqlError(SqlStates.TooComplex, $"A query of the catalog is nested deeper than {DeepestNesting} levels.", token.Position);
            if (token.IsSymbol(")")) depth--;
            if (token.IsAny("insert", "update", "delete", "merge", "create", "drop", "alter", "copy", "attach", "pragma") && i > 0 && tokens[i - 1].IsSymbol("("))
                throw SqlError.Unsupported($"{token.Text.ToUpperInvariant()} is not supported: nothing can be written.", token.Position);
            switch (token.Kind)
            {
                case TokenKind.Text when Next().IsSymbol("::") && TypeName(tokens, i + 2, out var type, out var end) && type is "regclass" or "regtype" or "regproc" or "regnamespace":
                    sql.Append(find(type, LastPart(token.Text))?.ToString(CultureInfo.InvariantCulture) ?? "NULL");
                    i = end;
                    break;
                case TokenKind.Text:
                    Quote(sql, token.Text);
                    break;
                case TokenKind.Parameter:
                    sql.Append('$').Append(token.Text);
                    break;
                case TokenKind.QuotedWord when !IsSchema(token):
                    sql.Append('"').Append(token.Text.Replace("\"", "\"\"")).Append('"');
                    break;
                case TokenKind.Symbol when token.Text == "::" && TypeName(tokens, i + 1, out var castType, out var castEnd) && (_numberTypes.Contains(castType) || _textTypes.Contains(castType)):
                    sql.Append(_numberTypes.Contains(castType) ? "::BIGINT" : "::VARCHAR");
                    i = castEnd;
                    break;
                case TokenKind.Symbol when token.Text is "~" or "~*" or "!~" or "!~*":
                    i = Match(sql, tokens, i, token.Text);
                    continue;
                case TokenKind.Symbol:
                    sql.Append(token.Text);
                    break;
                case TokenKind.Word or TokenKind.QuotedWord when IsSchema(token) && Next().IsSymbol("."):
                    // information_schema is DuckDB's own, too; what is played has another name.
                    if (!token.Text.Equals("pg_catalog", StringComparison.OrdinalIgnoreCase)) sql.Append("info.");
                    i++;
                    continue;
                case TokenKind.Word when token.Is("operator") && Next().IsSymbol("("):
                    var close = i + 2;
                    while (close < tokens.Count && !tokens[close].IsSymbol(")")) close++;
                    var sign = close - 1 < tokens.Count ? tokens[close - 1].Text : "";
                    if (sign is "~" or "~*" or "!~" or "!~*")
                    {
                        i = Match(sql, tokens, close, sign);
                        continue;
                    }
                    sql.Append(tokens[close - 1].Kind == TokenKind.Symbol ? sign : throw SqlError.Syntax("OPERATOR(…) names no operator.", token.Position));
                    i = close;
                    break;
                case TokenKind.Word when token.Is("collate"):
                    i += Next(2).IsSymbol(".") ? 3 : 1;
                    break;
                case TokenKind.Word when token.IsAny("current_user", "session_user", "user") && !Next().IsSymbol("(") && !(i > 0 && (tokens[i - 1].IsSymbol(".") || tokens[i - 1].Is("as"))):
                    Quote(sql, user);
                    break;
                case TokenKind.Word when token.IsAny("current_schema", "current_catalog") && !Next().IsSymbol("("):
                    sql.Append(token.Is("current_schema") ? "'public'" : "'cube'");
                    break;
                case TokenKind.Word when token.IsAny("now", "transaction_timestamp", "statement_timestamp", "clock_timestamp") && Next().IsSymbol("(") && Next(2).IsSymbol(")"):
                    sql.Append(string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{now:yyyy-MM-dd HH:mm:ss.ffffff}'"));
                    i += 2;
                    break;
                case TokenKind.Word when token.IsAny("current_timestamp", "localtimestamp", "current_date") && !Next().IsSymbol("(") && !(i > 0 && (tokens[i - 1].IsSymbol(".") || tokens[i - 1].Is("as"))):
                    sql.Append(token.Is("current_date") ? string.Create(CultureInfo.InvariantCulture, $"DATE '{now:yyyy-MM-dd}'") : string.Create(CultureInfo.InvariantCulture, $"TIMESTAMP '{now:yyyy-MM-dd HH:mm:ss.ffffff}'"));
                    break;
                case TokenKind.Word when Next().IsSymbol("(") && CatalogFunctions.Names.Contains(token.Text):
                    sql.Append(CatalogFunctions.Prefix).Append(token.Text.ToLowerInvariant());
                    break;
                default:
                    sql.Append(token.Text);
                    break;
            }
            // An alias of a table function is a column's name as well.
            if (aliases.Contains(i)) sql.Append('(').Append(token.Text).Append(')');
            sql.Append(' ');
        }
        return sql.ToString();
    }

    // generate_series(1, 3) s
    private static HashSet<int> FunctionAliases(IReadOnlyList<Token> tokens)
    {
        var aliases = new HashSet<int>();
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (!tokens[i].IsAny("generate_series", "unnest", "generate_subscripts") || !tokens[i + 1].IsSymbol("(")) continue;
            var before = i >= 2 && tokens[i - 1].IsSymbol(".") ? i - 3 : i - 1;
            if (before < 0 || !(tokens[before].IsAny("from", "join") || tokens[before].IsSymbol(","))) continue;
            var (at, open) = (i + 1, 0);
            for (; at < tokens.Count; at++)
            {
                if (tokens[at].IsSymbol("(")) open++;
                else if (tokens[at].IsSymbol(")") && --open == 0) break;
            }
            if (at + 1 < tokens.Count && tokens[at + 1].Is("as")) at++;
            if (at + 1 < tokens.Count && tokens[at + 1].Kind == TokenKind.Word && !tokens[at + 1].IsAny("where", "join", "left", "cross", "inner", "on", "group", "order", "limit", "union", "from", "with")
                && !(at + 2 < tokens.Count && tokens[at + 2].IsSymbol("("))) aliases.Add(at + 1);
        }
        return aliases;
    }

    private static bool IsSchema(Token token) => token.Text.Equals("pg_catalog", StringComparison.OrdinalIgnoreCase) || token.Text.Equals("information_schema", StringComparison.OrdinalIgnoreCase);

    // A match anywhere in the text, whatever the case: cubes have capital letters, and clients fold what is typed.
    private static int Match(StringBuilder sql, IReadOnlyList<Token> tokens, int at, string sign)
    {
        sql.Append(sign[0] == '!' ? "!~ " : "~ ");
        if (at + 1 >= tokens.Count || tokens[at + 1].Kind != TokenKind.Text) return at;
        Quote(sql, $"(?is).*(?:{tokens[at + 1].Text}).*");
        sql.Append(' ');
        return at + 1;
    }

    private static bool TypeName(IReadOnlyList<Token> tokens, int at, out string type, out int end)
    {
        if (at + 2 < tokens.Count && IsSchema(tokens[at]) && tokens[at + 1].IsSymbol(".")) at += 2;
        end = at;
        type = at < tokens.Count && tokens[at].IsName ? tokens[at].Text.ToLowerInvariant() : "";
        return type.Length > 0;
    }

    // '"public"."Orders"', 'pg_catalog.pg_class'
    private static string LastPart(string name)
    {
        var text = name.Trim();
        if (text.EndsWith('"') && text.LastIndexOf('"', text.Length - 2) is >= 0 and var start) return text[(start + 1)..^1];
        return text[(text.LastIndexOf('.') + 1)..];
    }

    private static void Quote(StringBuilder sql, string text) => sql.Append('\'').Append(text.Replace("'", "''").Replace("\0", "")).Append('\'');
}
