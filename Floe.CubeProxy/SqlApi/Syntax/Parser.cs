namespace Floe.CubeProxy.SqlApi.Syntax;

/// <summary>Reads a SELECT from tokens. What PostgreSQL has and this API has not is refused by its name.</summary>
internal sealed partial class Parser
{
    // Far below what the stack holds, far above what anybody writes.
    private const int DeepestNesting = 100;
    private const int MostChained = 500;

    // Words that end an item or a table instead of being its alias.
    private static readonly HashSet<string> _reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "from", "where", "group", "having", "order", "limit", "offset", "fetch", "union", "intersect", "except", "join", "inner", "left", "right", "full", "cross", "natural", "on", "using",
        "as", "window", "for", "and", "or", "not", "in", "is", "like", "ilike", "between", "case", "when", "then", "else", "end", "select", "asc", "desc", "nulls", "with", "distinct", "all", "into", "tablesample",
    };

    private readonly IReadOnlyList<Token> _tokens;
    private readonly Dictionary<string, Select> _named = new(StringComparer.OrdinalIgnoreCase);
    private int _at;
    private int _depth;
    private int _chained;

    private Parser(IReadOnlyList<Token> tokens) => _tokens = tokens;

    /// <exception cref="SqlError">42601, or 0A000 for what is not supported.</exception>
    public static Select Read(IReadOnlyList<Token> tokens)
    {
        var parser = new Parser(tokens);
        var select = parser.Query();
        if (parser.Here.Kind != TokenKind.End) throw parser.Unexpected("the statement's end");
        return select;
    }

    private Token Here => _at < _tokens.Count ? _tokens[_at] : new Token(TokenKind.End, "", _tokens.Count == 0 ? 0 : _tokens[^1].Position + _tokens[^1].Text.Length);

    private Token After => _at + 1 < _tokens.Count ? _tokens[_at + 1] : new Token(TokenKind.End, "", 0);

    private Token Take() => _at < _tokens.Count ? _tokens[_at++] : Here;

    private bool Skip(string word)
    {
        if (!Here.Is(word)) return false;
        _at++;
        return true;
    }

    private bool SkipSymbol(string symbol)
    {
        if (!Here.IsSymbol(symbol)) return false;
        _at++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Skip(word)) throw Unexpected(word.ToUpperInvariant());
    }

    private void ExpectSymbol(string symbol)
    {
        if (!SkipSymbol(symbol)) throw Unexpected($"'{symbol}'");
    }

    private SqlError Unexpected(string expected) => SqlError.Syntax($"Syntax error at {Here.Shown}: expected {expected}.", Here.Position);

    private T Deeper<T>(Func<T> read)
    {
        if (++_depth > DeepestNesting) throw new SqlError(SqlStates.TooComplex, $"The statement is nested deeper than {DeepestNesting} levels.", Here.Position);
        var result = read();
        _depth--;
        return result;
    }

    private Select Query() => Deeper(() =>
    {
        if (Skip("with")) Names();
        if (SkipSymbol("("))
        {
            var inner = Query();
            ExpectSymbol(")");
            RefuseSetOperation();
            return inner;
        }
        if (Here.IsAny("values", "table")) throw SqlError.Unsupported($"{Here.Text.ToUpperInvariant()} is not supported; use SELECT.", Here.Position);
        Expect("select");
        var isDistinct = Skip("distinct");
        if (isDistinct && Here.Is("on")) throw SqlError.Unsupported("DISTINCT ON is not supported.", Here.Position);
        Skip("all");
        var items = List(Item);
        var from = new List<FromItem>();
        if (Here.Is("into")) throw SqlError.Unsupported("SELECT INTO is not supported: nothing can be written.", Here.Position);
        if (Skip("from")) From(from);
        var where = Skip("where") ? Expression() : null;
        IReadOnlyList<Expression> groupBy = [];
        if (Skip("group"))
        {
            Expect("by");
            if (Here.IsAny("rollup", "cube", "grouping") && (After.IsSymbol("(") || After.Is("sets"))) throw SqlError.Unsupported($"GROUP BY {Here.Text.ToUpperInvariant()} is not supported.", Here.Position);
            groupBy = List(Expression);
        }
        var having = Skip("having") ? Expression() : null;
        if (Here.Is("window")) throw SqlError.Unsupported("WINDOW is not supported.", Here.Position);
        RefuseSetOperation();
        IReadOnlyList<OrderKey> orderBy = [];
        if (Skip("order"))
        {
            Expect("by");
            orderBy = List(Key);
        }
        var (limit, offset) = Page();
        if (Here.Is("for")) throw SqlError.Unsupported("FOR UPDATE and the like are not supported: nothing can be written.", Here.Position);
        return new Select { IsDistinct = isDistinct, Items = items, From = from, Where = where, GroupBy = groupBy, Having = having, OrderBy = orderBy, Limit = limit, Offset = offset };
    });

    // WITH a AS (…): each name stands for its query wherever it is used.
    private void Names()
    {
        if (Here.Is("recursive")) throw SqlError.Unsupported("WITH RECURSIVE is not supported.", Here.Position);
        do
        {
            var name = Name("a name");
            if (Here.IsSymbol("(")) throw SqlError.Unsupported("WITH name(columns) is not supported; name the columns in its query.", Here.Position);
            Expect("as");
            if (Skip("not")) Expect("materialized");
            else Skip("materialized");
            ExpectSymbol("(");
            _named[name] = Query();
            ExpectSymbol(")");
        }
        while (SkipSymbol(","));
    }

    private void RefuseSetOperation()
    {
        if (Here.IsAny("union", "intersect", "except")) throw SqlError.Unsupported($"{Here.Text.ToUpperInvariant()} is not supported; send the queries one by one.", Here.Position);
    }

    private (Expression? Limit, Expression? Offset) Page()
    {
        Expression? limit = null, offset = null;
        while (true)
        {
            if (Skip("limit"))
            {
                if (!Skip("all")) limit = Expression();
            }
            else if (Skip("offset"))
            {
                offset = Expression();
                if (!Skip("row")) Skip("rows");
            }
            else if (Skip("fetch"))
            {
                if (!Skip("first")) Expect("next");
                limit = Here.IsAny("row", "rows") ? new Literal(1L, Here.Position) : Primary();
                if (!Skip("row")) Expect("rows");
                Expect("only");
            }
            else
            {
                return (limit, offset);
            }
        }
    }

    private List<T> List<T>(Func<T> read)
    {
        var items = new List<T> { read() };
        while (SkipSymbol(",")) items.Add(read());
        return items;
    }

    private SelectItem Item()
    {
        if (Here.IsSymbol("*")) return new SelectItem(new Star(null, Take().Position), null);
        var expression = Expression();
        return new SelectItem(expression, Alias());
    }

    private string? Alias()
    {
        // After AS any word is an alias.
        if (Skip("as")) return Here.IsName ? Folded(Take()) : throw Unexpected("an alias");
        return Here.Kind == TokenKind.QuotedWord || (Here.Kind == TokenKind.Word && !_reserved.Contains(Here.Text)) ? Folded(Take()) : null;
    }

    private OrderKey Key()
    {
        var expression = Expression();
        var descending = Skip("desc");
        if (!descending) Skip("asc");
        if (Here.Is("using")) throw SqlError.Unsupported("ORDER BY … USING is not supported; use ASC or DESC.", Here.Position);
        bool? nullsFirst = null;
        if (Skip("nulls"))
        {
            nullsFirst = Skip("first");
            if (nullsFirst == false) Expect("last");
        }
        return new OrderKey(expression, descending, nullsFirst);
    }

    private void From(List<FromItem> from)
    {
        from.Add(Table());
        while (true)
        {
            if (from.Count > 16) throw new SqlError(SqlStates.TooComplex, "The statement joins more than 16 tables.", Here.Position);
            if (SkipSymbol(",")) from.Add(Table());
            else if (Skip("cross"))
            {
                Expect("join");
                from.Add(Table());
            }
            else if (Here.IsAny("join", "inner", "left"))
            {
                if (!Skip("inner") && Skip("left")) Skip("outer");
                Expect("join");
                var table = Table();
                if (Here.Is("using")) throw SqlError.Unsupported("JOIN … USING is not supported; use CROSS JOIN, or ON a.__cubeJoinField = b.__cubeJoinField.", Here.Position);
                Expect("on");
                from.Add(table with { On = Expression() });
            }
            else if (Here.IsAny("right", "full", "natural")) throw SqlError.Unsupported($"{Here.Text.ToUpperInvariant()} JOIN is not supported; use CROSS JOIN: the model says how cubes are joined.", Here.Position);
            else return;
        }
    }

    private FromItem Table()
    {
        var position = Here.Position;
        if (Here.Is("lateral")) throw SqlError.Unsupported("LATERAL is not supported.", position);
        if (SkipSymbol("("))
        {
            var inner = Query();
            ExpectSymbol(")");
            return new FromItem(null, inner, TableAlias(), null, position);
        }
        var name = Name("a table");
        var parts = 1;
        while (SkipSymbol("."))
        {
            if (++parts == 2 && !name.Equals("public", StringComparison.OrdinalIgnoreCase) || parts > 2)
                throw new SqlError(SqlStates.UndefinedTable, $"There is no schema '{name}' with cubes; they are in 'public'.", position);
            name = Name("a table");
        }
        if (Here.IsSymbol("(")) throw SqlError.Unsupported($"The table function '{name}' is not supported.", position);
        return parts == 1 && _named.TryGetValue(name, out var query)
            ? new FromItem(null, query, TableAlias() ?? name, null, position)
            : new FromItem(name, null, TableAlias(), null, position);
    }

    private string? TableAlias()
    {
        if (Here.Is("tablesample")) throw SqlError.Unsupported("TABLESAMPLE is not supported.", Here.Position);
        var alias = Alias();
        if (alias is not null && Here.IsSymbol("(")) throw SqlError.Unsupported("Column names after a table's alias are not supported; name them in its query.", Here.Position);
        return alias;
    }

    private string Name(string expected) => Here.IsName && !(Here.Kind == TokenKind.Word && _reserved.Contains(Here.Text)) ? Take().Text : throw Unexpected(expected);

    // As PostgreSQL: in lower case unless quoted. Cubes and members are found whatever the case.
    private static string Folded(Token token) => token.Kind == TokenKind.QuotedWord ? token.Text : token.Text.ToLowerInvariant();
}
