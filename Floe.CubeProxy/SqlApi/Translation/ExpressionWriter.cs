using System.Globalization;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>SQL of DuckDB, and the type of its value.</summary>
internal readonly record struct Written(string Sql, SqlType Type);

/// <summary>
/// Writes expressions for DuckDB out of what was read: known operators and functions, names that were resolved, and every value
/// as a parameter. Nothing of the client's text gets into the SQL.
/// </summary>
/// <param name="values">Grows by the values that are used; their numbers go on behind those that are there.</param>
internal sealed class ExpressionWriter(StatementContext context, List<object> values)
{
    private const int MostValues = 2_000;

    private static readonly HashSet<string> _fields = ["year", "quarter", "month", "week", "day", "dow", "isodow", "doy", "hour", "minute", "second", "epoch"];

    /// <param name="resolve">Asked for every expression first: columns, and what stands for a column of the query below.</param>
    /// <param name="wanted">What a literal or parameter without a type of its own becomes.</param>
    public Written Write(Expression expression, Func<Expression, Written?> resolve, SqlType wanted = SqlType.Unknown)
    {
        if (resolve(expression) is { } known) return known;
        if (Constants.IsConstant(expression)) return Constant(expression, wanted);
        Written Inner(Expression inner, SqlType asked = SqlType.Unknown) => Write(inner, resolve, asked);
        switch (expression)
        {
            case Unary { Operator: "NOT" } not: return new($"(NOT {Condition(not.Operand, resolve)})", SqlType.Bool);
            case Unary minus:
                var operand = Inner(minus.Operand, SqlType.Numeric);
                return new($"(-{operand.Sql})", Number(operand, minus.Position).Type);
            case Logical logical: return new($"({string.Join(logical.IsAnd ? " AND " : " OR ", logical.Parts.Select(part => Condition(part, resolve)))})", SqlType.Bool);
            case Binary binary: return Operation(binary, resolve);
            case Cast cast: return CastTo(cast, resolve);
            case Case cases: return CaseWhen(cases, resolve);
            case InList list:
                var (probe, _) = SameType([list.Operand, .. list.Items], resolve);
                return new($"({probe[0]} {(list.IsNot ? "NOT " : "")}IN ({string.Join(", ", probe.Skip(1))}))", SqlType.Bool);
            case Between between:
                var (bounds, _) = SameType([between.Operand, between.From, between.To], resolve);
                return new($"({bounds[0]} {(between.IsNot ? "NOT " : "")}BETWEEN {bounds[1]} AND {bounds[2]})", SqlType.Bool);
            case Like like:
                return new($@"({Text(like.Operand, resolve)} {(like.IsNot ? "NOT " : "")}{(like.IgnoresCase ? "ILIKE" : "LIKE")} {Text(like.Pattern, resolve)} ESCAPE '\')", SqlType.Bool);
            case Is { What: "null" } isNull: return new($"({Inner(isNull.Operand).Sql} IS {(isNull.IsNot ? "NOT " : "")}NULL)", SqlType.Bool);
            case Is flag: return new($"({Condition(flag.Operand, resolve)} IS {(flag.IsNot ? "NOT " : "")}{(flag.What == "true" ? "TRUE" : "FALSE")})", SqlType.Bool);
            case Call call: return Function(call, resolve);
            case InArray or ArrayOf: throw SqlError.Unsupported("A list is supported only in conditions of WHERE: dimension = ANY(list).", expression.Position);
            case Star: throw SqlError.Syntax("A * stands where an expression must stand.", expression.Position);
            default: throw SqlError.Unsupported("This expression is not supported here.", expression.Position);
        }
    }

    /// <summary>An expression that must be true or false.</summary>
    public string Condition(Expression expression, Func<Expression, Written?> resolve)
    {
        var written = Write(expression, resolve, SqlType.Bool);
        return written.Type is SqlType.Bool or SqlType.Unknown ? written.Sql : throw new SqlError(SqlStates.DatatypeMismatch, $"A condition is of type {written.Type.DisplayName()} and not of type boolean.", expression.Position);
    }

    /// <summary>A value as the next parameter.</summary>
    public string Add(object? value)
    {
        switch (value)
        {
            case null: return "NULL";
            case bool flag: return flag ? "TRUE" : "FALSE";
            case IntervalValue interval: return $"CAST({Next(interval.Text)} AS INTERVAL)";
            case long: return $"CAST({Next(value)} AS BIGINT)";
            case double: return $"CAST({Next(value)} AS DOUBLE)";
            case decimal number:
                // With its own digits: DuckDB works out the result's from them.
                var scale = number.Scale;
                var digits = Math.Max(decimal.Truncate(Math.Abs(number)).ToString(CultureInfo.InvariantCulture).Length + scale, scale + 1);
                return string.Create(CultureInfo.InvariantCulture, $"CAST({Next(value)} AS DECIMAL({digits}, {scale}))");
            case DateTime: return $"CAST({Next(value)} AS TIMESTAMP)";
            case string: return $"CAST({Next(value)} AS VARCHAR)";
            default: throw SqlError.Unsupported("A list is supported only in conditions of WHERE: dimension = ANY(list).");
        }
    }

    private string Next(object value)
    {
        // DuckDB takes seconds to bind thousands.
        if (values.Count >= MostValues) throw new SqlError(SqlStates.TooComplex, $"Expressions of the statement have more than {MostValues} values.");
        values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${values.Count}");
    }

    private Written Constant(Expression expression, SqlType wanted)
    {
        var value = Constants.Evaluate(expression, wanted, context);
        var type = expression switch
        {
            Cast cast => cast.Type,
            Call { Name: "current_date" } => SqlType.Date,
            _ when wanted != SqlType.Unknown && value is not null => wanted,
            _ => value is string ? SqlType.Text : Values.TypeOf(value),
        };
        var sql = Add(value);
        return new(type switch { SqlType.Date when value is not null => $"CAST({sql} AS DATE)", SqlType.Text when value is null => "CAST(NULL AS VARCHAR)", _ => sql }, type);
    }

    // Literals and parameters take the type of what they stand beside.
    private (List<string> Sql, SqlType Type) SameType(IReadOnlyList<Expression> expressions, Func<Expression, Written?> resolve)
    {
        var written = new Written?[expressions.Count];
        var type = SqlType.Unknown;
        for (var i = 0; i < written.Length; i++)
        {
            if (IsSoft(expressions[i])) continue;
            written[i] = Write(expressions[i], resolve);
            type = Common(type, written[i]!.Value.Type, expressions[i].Position);
        }
        if (type == SqlType.Unknown) type = SqlType.Text;
        return ([.. expressions.Select((expression, i) => (written[i] ?? Constant(expression, type)).Sql)], type);
    }

    private static bool IsSoft(Expression expression) => expression is Parameter or Literal { Value: string or null };

    private static SqlType Common(SqlType left, SqlType right, int position) => (left, right) switch
    {
        (SqlType.Unknown, _) => right,
        (_, SqlType.Unknown) => left,
        _ when left == right => left,
        _ when left.IsNumber() && right.IsNumber() => Wider(left, right),
        _ when left.IsTime() && right.IsTime() => SqlType.Timestamp,
        _ => throw new SqlError(SqlStates.DatatypeMismatch, $"Values of types {left.DisplayName()} and {right.DisplayName()} are mixed; cast one of them.", position),
    };

    private static SqlType Wider(SqlType left, SqlType right) =>
        left == SqlType.Float8 || right == SqlType.Float8 ? SqlType.Float8 : left == SqlType.Numeric || right == SqlType.Numeric ? SqlType.Numeric : SqlType.Int8;

    private Written Operation(Binary binary, Func<Expression, Written?> resolve)
    {
        if (binary.Operator is "=" or "<>" or "<" or "<=" or ">" or ">=")
        {
            var (sides, _) = SameType([binary.Left, binary.Right], resolve);
            return new($"({sides[0]} {binary.Operator} {sides[1]})", SqlType.Bool);
        }
        if (binary.Operator == "||") return new($"({Text(binary.Left, resolve)} || {Text(binary.Right, resolve)})", SqlType.Text);
        var left = Write(binary.Left, resolve, IsSoft(binary.Left) ? SqlType.Numeric : SqlType.Unknown);
        var right = Write(binary.Right, resolve, IsSoft(binary.Right) ? SqlType.Numeric : SqlType.Unknown);
        switch (binary.Operator)
        {
            case "+" or "-" when left.Type.IsTime() && right.Type == SqlType.Interval: return new($"CAST({left.Sql} {binary.Operator} {right.Sql} AS TIMESTAMP)", SqlType.Timestamp);
            case "-" when left.Type == SqlType.Date && right.Type == SqlType.Date: return new($"({left.Sql} - {right.Sql})", SqlType.Int8);
            case "-" when left.Type.IsTime() && right.Type.IsTime(): return new($"({left.Sql} - {right.Sql})", SqlType.Interval);
        }
        var type = Wider(Number(left, binary.Left.Position).Type, Number(right, binary.Right.Position).Type);
        return binary.Operator switch
        {
            // Integers divide to an integer, as in PostgreSQL.
            "/" when type.IsInteger() => new($"({left.Sql} // nullif({right.Sql}, 0))", SqlType.Int8),
            // Nothing, not infinity.
            "/" or "%" => new($"({left.Sql} {binary.Operator} nullif({right.Sql}, 0))", type),
            "^" => new($"pow({left.Sql}, {right.Sql})", SqlType.Float8),
            "+" or "-" or "*" => new($"({left.Sql} {binary.Operator} {right.Sql})", type),
            _ => throw SqlError.Unsupported($"The operator {binary.Operator} is not supported.", binary.Position),
        };
    }

    private static Written Number(Written written, int position) =>
        written.Type.IsNumber() || written.Type == SqlType.Unknown ? written with { Type = written.Type == SqlType.Unknown ? SqlType.Numeric : written.Type }
            : throw new SqlError(SqlStates.DatatypeMismatch, $"Arithmetic needs numbers; this is of type {written.Type.DisplayName()}.", position);

    private string Text(Expression expression, Func<Expression, Written?> resolve)
    {
        var written = Write(expression, resolve, SqlType.Text);
        return written.Type == SqlType.Text ? written.Sql : $"CAST({written.Sql} AS VARCHAR)";
    }

    private Written CastTo(Cast cast, Func<Expression, Written?> resolve)
    {
        var written = Write(cast.Operand, resolve);
        if (written.Type == cast.Type) return written;
        var type = cast.Type switch
        {
            SqlType.Text => "VARCHAR",
            SqlType.Int4 => "INTEGER",
            SqlType.Int8 => "BIGINT",
            SqlType.Float8 => "DOUBLE",
            SqlType.Bool => "BOOLEAN",
            SqlType.Date => "DATE",
            SqlType.Timestamp => "TIMESTAMP",
            // Its digits are kept: DuckDB's DECIMAL without any would round to three.
            SqlType.Numeric when written.Type.IsNumber() => null,
            SqlType.Numeric => "DOUBLE",
            _ => throw SqlError.Unsupported($"A cast of a column to {cast.Type.DisplayName()} is not supported.", cast.Position),
        };
        return new(type is null ? written.Sql : $"CAST({written.Sql} AS {type})", cast.Type);
    }

    private Written CaseWhen(Case cases, Func<Expression, Written?> resolve)
    {
        IReadOnlyList<Expression> results = [.. cases.Branches.Select(branch => branch.Then), .. cases.Else is null ? [] : new[] { cases.Else }];
        var whens = cases.Operand is null
            ? [.. cases.Branches.Select(branch => Condition(branch.When, resolve))]
            : SameType([cases.Operand, .. cases.Branches.Select(branch => branch.When)], resolve).Sql;
        var (thens, type) = SameType(results, resolve);
        var sql = new System.Text.StringBuilder("(CASE ");
        if (cases.Operand is not null) sql.Append(whens[0]).Append(' ');
        for (var i = 0; i < cases.Branches.Count; i++) sql.Append("WHEN ").Append(whens[cases.Operand is null ? i : i + 1]).Append(" THEN ").Append(thens[i]).Append(' ');
        if (cases.Else is not null) sql.Append("ELSE ").Append(thens[^1]).Append(' ');
        return new(sql.Append("END)").ToString(), type);
    }

    private Written Function(Call call, Func<Expression, Written?> resolve)
    {
        if (call.IsDistinct || call.IsStar) throw SqlError.Unsupported($"{call.Name}({(call.IsStar ? "*" : "DISTINCT …")}) is not supported.", call.Position);
        var arguments = call.Arguments;
        string TextOf(int i) => Text(arguments[i], resolve);
        string NumberOf(int i) => Number(Write(arguments[i], resolve, SqlType.Numeric), arguments[i].Position).Sql;
        string IntegerOf(int i) => $"CAST({NumberOf(i)} AS BIGINT)";
        switch (call.Name, arguments.Count)
        {
            case ("lower" or "upper" or "trim" or "btrim" or "ltrim" or "rtrim", 1): return new($"{(call.Name == "btrim" ? "trim" : call.Name)}({TextOf(0)})", SqlType.Text);
            case ("trim" or "btrim" or "ltrim" or "rtrim", 2): return new($"{(call.Name == "btrim" ? "trim" : call.Name)}({TextOf(0)}, {TextOf(1)})", SqlType.Text);
            case ("length" or "char_length" or "character_length", 1): return new($"length({TextOf(0)})", SqlType.Int8);
            case ("strpos", 2): return new($"strpos({TextOf(0)}, {TextOf(1)})", SqlType.Int8);
            case ("starts_with", 2): return new($"starts_with({TextOf(0)}, {TextOf(1)})", SqlType.Bool);
            case ("replace", 3): return new($"replace({TextOf(0)}, {TextOf(1)}, {TextOf(2)})", SqlType.Text);
            case ("left" or "right", 2): return new($"\"{call.Name}\"({TextOf(0)}, {IntegerOf(1)})", SqlType.Text);
            case ("substring" or "substr", 2): return new($"substring({TextOf(0)}, {IntegerOf(1)})", SqlType.Text);
            case ("substring" or "substr", 3): return new($"substring({TextOf(0)}, {IntegerOf(1)}, {IntegerOf(2)})", SqlType.Text);
            case ("split_part", 3): return new($"split_part({TextOf(0)}, {TextOf(1)}, {IntegerOf(2)})", SqlType.Text);
            case ("concat", > 0): return new($"concat({string.Join(", ", Enumerable.Range(0, arguments.Count).Select(TextOf))})", SqlType.Text);
            case ("abs" or "floor" or "ceil" or "ceiling" or "round" or "trunc", 1):
                var number = Number(Write(arguments[0], resolve, SqlType.Numeric), call.Position);
                return new($"{(call.Name == "ceiling" ? "ceil" : call.Name)}({number.Sql})", number.Type);
            case ("sign", 1): return new($"sign({NumberOf(0)})", SqlType.Numeric);
            case ("round", 2):
                // DuckDB wants to see the number of digits, so only a number that is written there will do.
                if (arguments[1] is not Literal { Value: long and >= 0 and <= 15 and var digits }) throw SqlError.Unsupported("round(number, digits) needs digits from 0 to 15, written as a number.", call.Position);
                return new(string.Create(CultureInfo.InvariantCulture, $"round({NumberOf(0)}, {digits})"), SqlType.Numeric);
            case ("sqrt" or "ln" or "exp", 1): return new($"{call.Name}({NumberOf(0)})", SqlType.Float8);
            case ("power" or "pow", 2): return new($"pow({NumberOf(0)}, {NumberOf(1)})", SqlType.Float8);
            case ("mod", 2): return Operation(new Binary("%", arguments[0], arguments[1], call.Position), resolve);
            case ("coalesce" or "greatest" or "least", > 0):
                var (same, type) = SameType(arguments, resolve);
                return new($"{call.Name}({string.Join(", ", same)})", type);
            case ("nullif", 2):
                var (pair, pairType) = SameType(arguments, resolve);
                return new($"nullif({pair[0]}, {pair[1]})", pairType);
            case ("date_trunc", 2):
                var unit = Constants.Unit(call);
                return new($"CAST(date_trunc('{unit}', {Time(arguments[1], resolve)}) AS TIMESTAMP)", SqlType.Timestamp);
            case ("date_part", 2):
                if (arguments[0] is not Literal { Value: string name } || !_fields.Contains(name.ToLowerInvariant())) throw SqlError.Unsupported($"This field of a time is not supported; known are {string.Join(", ", _fields)}.", call.Position);
                return new($"date_part('{name.ToLowerInvariant()}', {Time(arguments[1], resolve)})", SqlType.Numeric);
            case ("date", 1): return new($"CAST({Time(arguments[0], resolve)} AS DATE)", SqlType.Date);
        }
        if (AggregateFunctions.IsOne(call.Name)) throw new SqlError(SqlStates.GroupingError, $"{call.Name.ToUpperInvariant()} cannot stand inside another aggregate, or in WHERE or GROUP BY.", call.Position);
        throw SqlError.Unsupported($"The function {(call.Name.Length > 60 ? call.Name[..60] : call.Name)} with {arguments.Count} argument{(arguments.Count == 1 ? "" : "s")} is not supported.", call.Position);
    }

    private string Time(Expression expression, Func<Expression, Written?> resolve)
    {
        var written = Write(expression, resolve, SqlType.Timestamp);
        return written.Type is SqlType.Timestamp or SqlType.Date ? written.Sql : throw new SqlError(SqlStates.DatatypeMismatch, $"A time is needed; this is of type {written.Type.DisplayName()}.", expression.Position);
    }
}
