namespace Floe.CubeProxy.SqlApi.Syntax;

/// <summary>Splits what a client sent into statements, and decides by the relations after FROM and JOIN who answers each.</summary>
internal static class StatementReader
{
    private static readonly HashSet<string> _commands =
        new(StringComparer.OrdinalIgnoreCase) { "begin", "start", "commit", "end", "rollback", "abort", "set", "show", "reset", "discard", "deallocate", "unlisten", "close" };

    private static readonly HashSet<string> _tableFunctions = new(StringComparer.OrdinalIgnoreCase) { "generate_series", "unnest", "generate_subscripts", "pg_get_keywords" };

    /// <exception cref="SqlError">A statement is none, or is not supported.</exception>
    public static IReadOnlyList<Statement> Read(string sql)
    {
        var statements = new List<Statement>();
        var tokens = new List<Token>();
        foreach (var token in Lexer.Read(sql))
        {
            if (!token.IsSymbol(";"))
            {
                tokens.Add(token);
                continue;
            }
            if (tokens.Count > 0) statements.Add(Of(tokens));
            if (statements.Count > 100) throw new SqlError(SqlStates.TooComplex, "More than 100 statements were sent at once.");
            tokens = [];
        }
        if (tokens.Count > 0) statements.Add(Of(tokens));
        return statements.Count > 0 ? statements : [new EmptyStatement()];
    }

    private static Statement Of(List<Token> tokens)
    {
        var first = tokens.Find(token => !token.IsSymbol("("));
        if (first.IsAny("select", "with", "values", "table")) return ReadsCatalog(tokens) ? new CatalogStatement(tokens) : new CubeStatement(Parser.Read(tokens));
        if (first.Kind == TokenKind.Word && first == tokens[0] && _commands.Contains(first.Text)) return new CommandStatement(first.Text.ToLowerInvariant(), tokens);
        throw first.Kind == TokenKind.Word && first.Text.All(char.IsAsciiLetter)
            ? SqlError.Unsupported($"{(first.Text.Length > 20 ? first.Text[..20] : first.Text).ToUpperInvariant()} is not supported: this API answers SELECT, and SET, SHOW, BEGIN, COMMIT and the like.", first.Position)
            : SqlError.Syntax($"Syntax error at {tokens[0].Shown}: a statement begins with SELECT.", tokens[0].Position);
    }

    // Only catalog relations, or none at all. A name of WITH counts as neither.
    private static bool ReadsCatalog(List<Token> tokens)
    {
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i + 2 < tokens.Count; i++)
        {
            if (tokens[i].IsName && tokens[i + 1].Is("as") && (tokens[i + 2].IsSymbol("(") || tokens[i + 2].IsAny("materialized", "not")) && i > 0 && (tokens[i - 1].IsAny("with", "recursive") || tokens[i - 1].IsSymbol(","))) named.Add(tokens[i].Text);
        }
        var (catalog, others) = (0, (Token?)null);
        foreach (var (schema, name) in Relations(tokens))
        {
            if (schema is null && named.Contains(name.Text)) continue;
            if (schema is "pg_catalog" or "information_schema" || (schema is null && name.Text.StartsWith("pg_", StringComparison.OrdinalIgnoreCase))) catalog++;
            else others ??= name;
        }
        if (catalog > 0 && others is { } other) throw SqlError.Unsupported($"A statement reads either the catalog or cubes; '{other.Text}' is not in the catalog.", other.Position);
        return others is null;
    }

    private static IEnumerable<(string? Schema, Token Name)> Relations(List<Token> tokens)
    {
        // Per parenthesis: whether a FROM clause is open in it, and whether its FROM is a function's (extract(year FROM t)).
        var open = new Stack<(bool InFrom, bool IsFunction)>();
        var (inFrom, isFunction) = (false, false);
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.IsSymbol("("))
            {
                open.Push((inFrom, isFunction));
                (inFrom, isFunction) = (false, i > 0 && tokens[i - 1].IsAny("extract", "substring", "trim", "overlay", "position"));
            }
            else if (token.IsSymbol(")"))
            {
                if (open.TryPop(out var outer)) (inFrom, isFunction) = outer;
            }
            else if (token.IsAny("where", "group", "order", "having", "limit", "offset", "union", "intersect", "except", "select", "window", "fetch"))
            {
                inFrom = false;
            }
            var begins = token.Is("join") || (token.IsSymbol(",") && inFrom)
                || (token.Is("from") && !isFunction && !(i > 0 && tokens[i - 1].Is("distinct") && i > 1 && tokens[i - 2].IsAny("is", "not")));
            if (!begins) continue;
            inFrom = true;
            var at = i + 1;
            while (at < tokens.Count && tokens[at].IsAny("lateral", "only")) at++;
            if (at < tokens.Count && tokens[at].Kind is TokenKind.Text or TokenKind.Parameter) throw SqlError.Syntax($"Syntax error at {tokens[at].Shown}: expected a table.", tokens[at].Position);
            if (at >= tokens.Count || !tokens[at].IsName || (tokens[at].Kind == TokenKind.Word && tokens[at].IsAny("select", "on"))) continue;
            string? schema = null;
            while (at + 2 < tokens.Count && tokens[at + 1].IsSymbol(".") && tokens[at + 2].IsName)
            {
                schema = tokens[at].Text.ToLowerInvariant();
                at += 2;
            }
            if (at + 1 < tokens.Count && tokens[at + 1].IsSymbol("(") && _tableFunctions.Contains(tokens[at].Text)) continue;
            if (schema == "public") schema = null;
            yield return (schema, tokens[at]);
        }
    }
}
