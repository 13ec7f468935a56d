using System.Globalization;
using Floe.CubeProxy.SqlApi.Translation;

namespace Floe.CubeProxy.SqlApi.Syntax;

internal sealed partial class Parser
{
    private static readonly HashSet<string> _comparisons = ["=", "<>", "!=", "<", "<=", ">", ">="];

    private Expression Expression() => Deeper(() => Chain("or", isAnd: false, () => Chain("and", isAnd: true, Negation)));

    private Expression Chain(string word, bool isAnd, Func<Expression> part)
    {
        var first = part();
        if (!Here.Is(word)) return first;
        var parts = new List<Expression> { first };
        while (Skip(word)) parts.Add(part());
        return new Logical(isAnd, parts, first.Position);
    }

    private Expression Negation()
    {
        if (!Here.Is("not")) return Predicate();
        var position = Take().Position;
        return Deeper(() => new Unary("NOT", Negation(), position));
    }

    private Expression Predicate()
    {
        var left = Other();
        for (var i = 0; ; i++)
        {
            Chained(i);
            var position = Here.Position;
            if (Here.Kind == TokenKind.Symbol && _comparisons.Contains(Here.Text))
            {
                var operation = Take().Text is var text && text == "!=" ? "<>" : text;
                if (Here.IsAny("any", "some", "all") && After.IsSymbol("(")) left = Quantified(left, operation, position);
                else left = new Binary(operation, left, Other(), position);
            }
            else if (Skip("is"))
            {
                left = IsWhat(left, position);
            }
            else if (Here.IsAny("in", "like", "ilike", "between", "similar") || (Here.Is("not") && After.IsAny("in", "like", "ilike", "between", "similar")))
            {
                left = Matches(left, Skip("not"), position);
            }
            else
            {
                return left;
            }
        }
    }

    private Expression IsWhat(Expression left, int position)
    {
        var isNot = Skip("not");
        if (Here.Is("distinct")) throw SqlError.Unsupported("IS DISTINCT FROM is not supported.", position);
        return Here.IsAny("null", "true", "false") ? new Is(left, Take().Text.ToLowerInvariant(), isNot, position)
            : Skip("unknown") ? new Is(left, "null", isNot, position)
            : throw Unexpected("NULL, TRUE or FALSE");
    }

    private Expression Matches(Expression left, bool isNot, int position)
    {
        var word = Take();
        switch (word.Text.ToLowerInvariant())
        {
            case "in":
                ExpectSymbol("(");
                if (Here.IsAny("select", "with")) throw SqlError.Unsupported("IN (SELECT …) is not supported; send the values.", Here.Position);
                var items = List(Expression);
                ExpectSymbol(")");
                return new InList(left, items, isNot, position);
            case "between":
                if (Here.Is("symmetric")) throw SqlError.Unsupported("BETWEEN SYMMETRIC is not supported.", Here.Position);
                var from = Other();
                Expect("and");
                return new Between(left, from, Other(), isNot, position);
            case "similar":
                throw SqlError.Unsupported("SIMILAR TO is not supported; use LIKE.", word.Position);
            default:
                var pattern = Other();
                if (Here.Is("escape")) throw SqlError.Unsupported("LIKE … ESCAPE is not supported; the escape character is the backslash.", Here.Position);
                return new Like(left, pattern, word.Is("ilike"), isNot, position);
        }
    }

    private Expression Quantified(Expression left, string operation, int position)
    {
        var word = Take();
        if (!(operation == "=" && !word.Is("all")) && !(operation == "<>" && word.Is("all")))
            throw SqlError.Unsupported($"{operation} {word.Text.ToUpperInvariant()} is not supported; use = ANY or <> ALL.", position);
        ExpectSymbol("(");
        if (Here.IsAny("select", "with")) throw SqlError.Unsupported($"{word.Text.ToUpperInvariant()} (SELECT …) is not supported; send the values.", Here.Position);
        var array = Expression();
        ExpectSymbol(")");
        return new InArray(left, array, operation == "<>", position);
    }

    // All operators that are no arithmetic: of these || is known.
    private Expression Other()
    {
        var left = Sum();
        for (var i = 0; Here.Kind == TokenKind.Symbol && Here.Text.Length > 0 && !_comparisons.Contains(Here.Text) && "~!@#%^&|`?<>*/+-=".Contains(Here.Text[0]); i++)
        {
            Chained(i);
            var sign = Take();
            if (sign.Text is "~~" or "~~*" or "!~~" or "!~~*") left = new Like(left, Sum(), sign.Text.EndsWith('*'), sign.Text[0] == '!', sign.Position);
            else if (sign.Text != "||") throw SqlError.Unsupported($"The operator {sign.Text} is not supported.", sign.Position);
            else left = new Binary("||", left, Sum(), sign.Position);
        }
        return left;
    }

    private Expression Sum() => Operators(Product, "+", "-");

    private Expression Product() => Operators(Power, "*", "/", "%");

    private Expression Power() => Operators(Signed, "^");

    private Expression Operators(Func<Expression> operand, params string[] signs)
    {
        var left = operand();
        for (var i = 0; Here.Kind == TokenKind.Symbol && signs.Contains(Here.Text); i++)
        {
            Chained(i);
            var sign = Take();
            left = new Binary(sign.Text, left, operand(), sign.Position);
        }
        return left;
    }

    // The first operator is as deep as its place; each further one is a level of its own.
    private void Chained(int i)
    {
        if (i > 0 && ++_chained > MostChained) throw new SqlError(SqlStates.TooComplex, $"The statement has more than {MostChained} operators in rows without parentheses.", Here.Position);
    }

    private Expression Signed()
    {
        if (!Here.IsSymbol("-") && !Here.IsSymbol("+")) return Postfix();
        var sign = Take();
        return Deeper(() => Signed() switch
        {
            Literal { Value: long number } when sign.Text == "-" => new Literal(-number, sign.Position),
            Literal { Value: decimal number } when sign.Text == "-" => new Literal(-number, sign.Position),
            Literal { Value: double number } when sign.Text == "-" => new Literal(-number, sign.Position),
            var operand => sign.Text == "+" ? operand : new Unary("-", operand, sign.Position),
        });
    }

    private Expression Postfix()
    {
        var value = Primary();
        for (var i = 0; ; i++)
        {
            Chained(i);
            if (Here.IsSymbol("::"))
            {
                var position = Take().Position;
                value = CastTo(value, position);
            }
            else if (Here.Is("at") && After.Is("time"))
            {
                throw SqlError.Unsupported("AT TIME ZONE is not supported; times are UTC.", Here.Position);
            }
            else if (Here.Is("collate"))
            {
                throw SqlError.Unsupported("COLLATE is not supported.", Here.Position);
            }
            else if (Here.IsSymbol("["))
            {
                throw SqlError.Unsupported("Array elements are not supported.", Here.Position);
            }
            else
            {
                return value;
            }
        }
    }

    private Expression Primary()
    {
        var token = Here;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Take();
                return new Literal(Number(token), token.Position);
            case TokenKind.Text:
                Take();
                return new Literal(token.Text, token.Position);
            case TokenKind.Parameter:
                Take();
                return new Parameter(int.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535 ? number
                    : throw new SqlError(SqlStates.UndefinedParameter, $"There is no parameter ${token.Text}.", token.Position), token.Position);
            case TokenKind.Symbol when token.Text == "(":
                Take();
                if (Here.IsAny("select", "with")) throw SqlError.Unsupported("A SELECT inside an expression is not supported; put it into FROM.", Here.Position);
                var inner = Expression();
                if (Here.IsSymbol(",")) throw SqlError.Unsupported("Rows (a, b) are not supported.", token.Position);
                ExpectSymbol(")");
                return inner;
            case TokenKind.Symbol when token.Text == "*":
                throw Unexpected("an expression");
            case TokenKind.QuotedWord:
                return Named();
            case TokenKind.Word:
                return Word();
            default:
                throw Unexpected("an expression");
        }
    }

    private Expression Word()
    {
        var token = Here;
        var position = token.Position;
        switch (token.Text.ToLowerInvariant())
        {
            case "null": Take(); return new Literal(null, position);
            case "true": Take(); return new Literal(true, position);
            case "false": Take(); return new Literal(false, position);
            case "case": return CaseWhen();
            case "current_date" or "current_timestamp" or "localtimestamp" or "current_user" or "session_user" when !After.IsSymbol("("):
                Take();
                return new Call(token.Text.ToLowerInvariant(), [], false, position);
            case "cast" when After.IsSymbol("("):
                Take();
                Take();
                var operand = Expression();
                Expect("as");
                var cast = CastTo(operand, position);
                ExpectSymbol(")");
                return cast;
            case "extract" when After.IsSymbol("("):
                Take();
                Take();
                var field = Here.Kind is TokenKind.Word or TokenKind.Text ? Take() : throw Unexpected("a field such as YEAR");
                Expect("from");
                var time = Expression();
                ExpectSymbol(")");
                return new Call("date_part", [new Literal(field.Text.ToLowerInvariant(), field.Position), time], false, position);
            case "interval" when After.Kind == TokenKind.Text:
                Take();
                var text = Take().Text;
                var unit = Here.IsAny("year", "month", "day", "hour", "minute", "second", "week") ? Take().Text.ToLowerInvariant() : null;
                return new IntervalLiteral(IntervalValue.Parse(text, unit), position);
            case "date" when After.Kind == TokenKind.Text:
                Take();
                return new Cast(new Literal(Take().Text, position), SqlType.Date, position);
            case "timestamp" or "timestamptz" when After.Kind == TokenKind.Text || After.IsAny("with", "without"):
                var type = Type();
                return new Cast(new Literal(Here.Kind == TokenKind.Text ? Take().Text : throw Unexpected("a time in quotes"), position), type, position);
            case "array" when After.IsSymbol("["):
                Take();
                Take();
                IReadOnlyList<Expression> items = Here.IsSymbol("]") ? [] : List(Expression);
                ExpectSymbol("]");
                return new ArrayOf(items, position);
            case "exists" when After.IsSymbol("("): throw SqlError.Unsupported("EXISTS is not supported.", position);
            case "row" when After.IsSymbol("("): throw SqlError.Unsupported("ROW is not supported.", position);
        }
        return _reserved.Contains(token.Text) ? throw Unexpected("an expression") : Named();
    }

    private Expression CaseWhen() => Deeper(() =>
    {
        var position = Take().Position;
        var operand = Here.Is("when") ? null : Expression();
        var branches = new List<(Expression, Expression)>();
        while (Skip("when"))
        {
            var when = Expression();
            Expect("then");
            branches.Add((when, Expression()));
        }
        if (branches.Count == 0) throw Unexpected("WHEN");
        var otherwise = Skip("else") ? Expression() : null;
        Expect("end");
        return (Expression)new Case(operand, branches, otherwise, position);
    });

    private Expression Named()
    {
        var position = Here.Position;
        var parts = new List<string> { Take().Text };
        while (SkipSymbol("."))
        {
            if (Here.IsSymbol("*"))
            {
                Take();
                return new Star(parts[^1], position);
            }
            parts.Add(Here.IsName ? Take().Text : throw Unexpected("a name"));
            if (parts.Count > 3) throw SqlError.Syntax("A name has too many parts.", position);
        }
        if (Here.IsSymbol("(")) return Function(parts, position);
        return new Column(parts.Count > 1 ? parts[^2] : null, parts[^1], position);
    }

    private Expression Function(List<string> parts, int position)
    {
        var name = parts[^1].ToLowerInvariant();
        if (parts.Count > 2 || (parts.Count == 2 && !parts[0].Equals("pg_catalog", StringComparison.OrdinalIgnoreCase))) throw new SqlError(SqlStates.UndefinedFunction, $"There is no function {string.Join('.', parts)}.", position);
        ExpectSymbol("(");
        var isDistinct = Skip("distinct");
        if (!isDistinct) Skip("all");
        IReadOnlyList<Expression> arguments;
        if (Here.IsSymbol("*")) arguments = [new Star(null, Take().Position)];
        else if (name == "trim" && Here.IsAny("both", "leading", "trailing")) throw SqlError.Unsupported("TRIM(BOTH … FROM …) is not supported; use trim, ltrim or rtrim.", Here.Position);
        else arguments = Here.IsSymbol(")") ? [] : List(Expression);
        if (name is "substring" or "position" or "trim" or "overlay" && Here.IsAny("from", "for", "in")) throw SqlError.Unsupported($"{name}(… {Here.Text.ToUpperInvariant()} …) is not supported; separate its arguments by commas.", Here.Position);
        if (Here.Is("order")) throw SqlError.Unsupported($"ORDER BY inside {name}() is not supported.", Here.Position);
        ExpectSymbol(")");
        if (Here.Is("over")) throw SqlError.Unsupported("Window functions (OVER) are not supported.", Here.Position);
        if (Here.Is("filter") && After.IsSymbol("(")) throw SqlError.Unsupported("FILTER (WHERE …) is not supported; use a measure with filters.", Here.Position);
        if (Here.Is("within")) throw SqlError.Unsupported("WITHIN GROUP is not supported.", Here.Position);
        return new Call(name, arguments, isDistinct, position);
    }

    private Expression CastTo(Expression operand, int position) => new Cast(operand, Type(), position);

    private SqlType Type()
    {
        var position = Here.Position;
        var name = Name("a type").ToLowerInvariant();
        if (name == "pg_catalog" && SkipSymbol(".")) name = Name("a type").ToLowerInvariant();
        if (name == "double" && Skip("precision")) name = "float8";
        if (name == "character" && Skip("varying")) name = "varchar";
        if (SkipSymbol("("))
        {
            // A length or precision: values keep theirs, so it is taken only where it cannot matter.
            if (name is not ("varchar" or "timestamp" or "timestamptz" or "char" or "character" or "bpchar")) throw SqlError.Unsupported($"A cast to {name} with a precision is not supported; use round().", position);
            do
            {
                if (Take().Kind != TokenKind.Number) throw Unexpected("a number");
            }
            while (SkipSymbol(","));
            ExpectSymbol(")");
        }
        if (name is "timestamp" or "time" && Here.IsAny("with", "without"))
        {
            if (Take().Is("with")) name += "tz";
            Expect("time");
            Expect("zone");
        }
        var type = name switch
        {
            "text" or "varchar" or "bpchar" or "name" => SqlType.Text,
            "int" or "integer" or "int4" or "smallint" or "int2" => SqlType.Int4,
            "bigint" or "int8" => SqlType.Int8,
            "numeric" or "decimal" => SqlType.Numeric,
            "float8" or "float" or "real" or "float4" => SqlType.Float8,
            "bool" or "boolean" => SqlType.Bool,
            "date" => SqlType.Date,
            // Times are UTC, with a zone or without.
            "timestamp" or "timestamptz" => SqlType.Timestamp,
            "interval" => SqlType.Interval,
            _ => throw SqlError.Unsupported($"A cast to type {name} is not supported.", position),
        };
        if (!SkipSymbol("[")) return type;
        ExpectSymbol("]");
        return type.ArrayOf();
    }

    private static object Number(Token token)
    {
        if (long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var integer)) return integer;
        if (!token.Text.Contains('e') && !token.Text.Contains('E') && decimal.TryParse(token.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var exact)) return exact;
        return double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real)
            ? real
            : throw new SqlError(SqlStates.NumericOutOfRange, "A number is too large.", token.Position);
    }
}
