using Floe.CubeProxy.Model;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>
/// Turns a WHERE clause into filters of the engine, with SQL's meaning of NULL. What is no filter of a member against values
/// is left over, to be judged row by row.
/// </summary>
internal sealed class WhereFilters(StatementContext context)
{
    private const int MostValues = 10_000;

    private readonly List<FilterNode> _filters = [];
    private readonly List<string> _segments = [];
    private readonly List<(Expression Condition, CubeScope Scope)> _left = [];

    public IReadOnlyList<string> Segments => _segments;

    /// <summary>What no filter can say.</summary>
    public IReadOnlyList<(Expression Condition, CubeScope Scope)> Left => _left;

    public void Add(Expression condition, CubeScope scope)
    {
        foreach (var part in condition is Logical { IsAnd: true } all ? all.Parts : [condition])
        {
            if (part is Logical { IsAnd: true })
            {
                Add(part, scope);
                continue;
            }
            if (SegmentOf(part, scope) is { } segment)
            {
                _segments.Add(segment.FullName);
                continue;
            }
            Check(part, scope);
            if (TryFilter(part, false, scope) is { } filter)
            {
                Keep(filter);
                continue;
            }
            if (part.All.OfType<Column>().FirstOrDefault(column => scope.Find(column) is Segment) is { } used)
                throw SqlError.Unsupported($"The segment '{used.Name}' is supported as a condition (alone, with AND, OR, NOT, IS TRUE, = TRUE), not inside an expression.", used.Position);
            _left.Add((part, scope));
        }
    }

    private void Keep(FilterNode filter)
    {
        if (filter is not FilterGroup { IsAnd: true } all) _filters.Add(filter);
        else foreach (var part in all.Filters) Keep(part);
    }

    /// <summary>The filters; a pair of &gt;= and &lt; on a time becomes a range, which rollups and rolling windows can use.</summary>
    public (IReadOnlyList<FilterNode> Filters, IReadOnlyList<TimeDimensionQuery> Ranges) Split()
    {
        var filters = new List<FilterNode>(_filters);
        var ranges = new List<TimeDimensionQuery>();
        foreach (var start in _filters.OfType<MemberFilter>().Where(filter => filter.Operator == "gte" && _times.Contains(filter.Member)).DistinctBy(filter => filter.Member))
        {
            if (_filters.OfType<MemberFilter>().FirstOrDefault(filter => filter.Operator == "lt" && filter.Member == start.Member) is not { } end) continue;
            if (!LocalTime.TryParse(start.Values![0]!, out var from) || !LocalTime.TryParse(end.Values![0]!, out var to)) continue;
            // A range's end is its last millisecond.
            if (from.Ticks % TimeSpan.TicksPerMillisecond != 0 || to.Ticks % TimeSpan.TicksPerMillisecond != 0 || to.Ticks % TimeSpan.TicksPerSecond != 0 || from >= to) continue;
            filters.Remove(start);
            filters.Remove(end);
            ranges.Add(new TimeDimensionQuery(start.Member, null, new DateRange(from, to.AddMilliseconds(-1))));
        }
        return (filters, ranges);
    }

    private readonly HashSet<string> _times = [];

    private static Segment? SegmentOf(Expression part, CubeScope scope) => part switch
    {
        Column column => scope.TryFind(column) as Segment,
        Is { What: "true", IsNot: false, Operand: Column column } => scope.TryFind(column) as Segment,
        Binary { Operator: "=", Left: Column column, Right: Literal { Value: true } } => scope.TryFind(column) as Segment,
        _ => null,
    };

    private static void Check(Expression part, CubeScope scope)
    {
        foreach (var column in part.All.OfType<Column>())
        {
            switch (scope.Find(column))
            {
                case Measure measure: throw new SqlError(SqlStates.GroupingError, $"'{measure.FullName}' is a measure; conditions on measures stand in HAVING.", column.Position);
            }
        }
        if (part.All.OfType<Call>().FirstOrDefault(call => AggregateFunctions.IsOne(call.Name)) is { } aggregate)
            throw new SqlError(SqlStates.GroupingError, $"{aggregate.Name.ToUpperInvariant()} stands in WHERE; conditions on aggregates stand in HAVING.", aggregate.Position);
    }

    // Null: no filter can say it.
    private FilterNode? TryFilter(Expression condition, bool isNot, CubeScope scope)
    {
        switch (condition)
        {
            case Unary { Operator: "NOT" } not: return TryFilter(not.Operand, !isNot, scope);
            case Logical logical:
                var parts = logical.Parts.Select(part => TryFilter(part, isNot, scope)).ToList();
                return parts.Contains(null) ? null : new FilterGroup(logical.IsAnd != isNot, [.. parts.OfType<FilterNode>()]);
            case Literal { Value: bool value }: return Always(value != isNot, scope);
            case Literal { Value: null }: return Always(false, scope);
            case Column column when Flag(column, scope) is { } flag: return new MemberFilter(flag.FullName, "equals", [isNot ? "false" : "true"]);
            case Is { What: "null" } isNull when Plain(isNull.Operand, scope) is { } dimension: return new MemberFilter(dimension.FullName, isNull.IsNot != isNot ? "set" : "notSet", null);
            case Is { Operand: Column column } isFlag when isFlag.What is "true" or "false" && Flag(column, scope) is { } flag:
                var equals = new MemberFilter(flag.FullName, isFlag.IsNot != isNot ? "notEquals" : "equals", [isFlag.What]);
                return equals;
            case Binary binary when Comparison(binary.Operator): return Compare(binary, isNot, scope);
            case Between between: return TryFilter(new Logical(true, [new Binary(">=", between.Operand, between.From, between.Position), new Binary("<=", between.Operand, between.To, between.Position)], between.Position), between.IsNot != isNot, scope);
            case InList list when list.Items.All(Constants.IsConstant) && Plain(list.Operand, scope) is { } dimension:
                return In(dimension, [.. list.Items.Select(item => Constants.Evaluate(item, CubeScope.TypeOf(dimension), context))], list.IsNot != isNot);
            case InArray array when Plain(array.Operand, scope) is { } dimension && Items(array.Array, dimension) is { } items: return In(dimension, items, array.IsNot != isNot);
            case Like like when Constants.IsConstant(like.Pattern) && Plain(like.Operand, scope) is { Type: DimensionType.String } dimension: return Match(like, dimension, like.IsNot != isNot);
            default: return null;
        }
    }

    private static bool Comparison(string operation) => operation is "=" or "<>" or "<" or "<=" or ">" or ">=";

    private FilterNode? Compare(Binary binary, bool isNot, CubeScope scope)
    {
        var (member, value, operation) = (binary.Left, binary.Right, binary.Operator);
        if (Constants.IsConstant(member))
        {
            (member, value) = (value, member);
            operation = operation switch { "<" => ">", "<=" => ">=", ">" => "<", ">=" => "<=", _ => operation };
        }
        if (!Constants.IsConstant(value)) return null;
        // Tools ask WHERE 1 = 0 to see the columns.
        if (Constants.IsConstant(member)) return binary is { Left: Literal { Value: long left }, Right: Literal { Value: long right }, Operator: "=" or "<>" } ? Always((left == right == (operation == "=")) != isNot, scope) : null;
        if (isNot) operation = operation switch { "=" => "<>", "<>" => "=", "<" => ">=", "<=" => ">", ">" => "<=", _ => "<" };
        if (member is Column column && value is Literal { Value: bool flag } && operation is "=" or "<>" && scope.Find(column) is Segment segment)
            return new MemberFilter(segment.FullName, "equals", [flag == (operation == "=") ? "true" : "false"]);
        if (Truncated(member, scope) is var (time, unit)) return CompareStart(time, unit, operation, Constants.Evaluate(value, SqlType.Timestamp, context));
        return Plain(member, scope) is { } dimension ? One(dimension, operation, Constants.Evaluate(value, CubeScope.TypeOf(dimension), context)) : null;
    }

    private FilterNode One(Dimension dimension, string operation, object? value)
    {
        // Nothing compares with NULL.
        if (value is null) return Never(dimension);
        if (value is List<object?>) throw new SqlError(SqlStates.DatatypeMismatch, $"'{dimension.FullName}' is compared with a list; use = ANY.");
        if (dimension.Type == DimensionType.Time) _times.Add(dimension.FullName);
        string?[] values = [Values.FilterText(value)];
        return operation switch
        {
            "=" => new MemberFilter(dimension.FullName, "equals", values),
            "<>" => new FilterGroup(true, [new MemberFilter(dimension.FullName, "notEquals", values), new MemberFilter(dimension.FullName, "set", null)]),
            _ => new MemberFilter(dimension.FullName, Ordering(operation), values),
        };
    }

    private static string Ordering(string operation) => operation switch { "<" => "lt", "<=" => "lte", ">" => "gt", _ => "gte" };

    // A period's start compared with a moment is the time itself compared with the start of a period.
    private FilterNode CompareStart(Dimension time, string unit, string operation, object? value)
    {
        if (value is not DateTime moment) return Never(time);
        var start = Granularities.StartOf(moment, unit);
        var next = Next(start, unit);
        var isStart = start == moment;
        return operation switch
        {
            "=" => isStart ? new FilterGroup(true, [One(time, ">=", start), One(time, "<", next)]) : Never(time),
            "<>" => isStart ? new FilterGroup(false, [One(time, "<", start), One(time, ">=", next)]) : new MemberFilter(time.FullName, "set", null),
            ">=" => One(time, ">=", isStart ? start : next),
            "<" => One(time, "<", isStart ? start : next),
            ">" => One(time, ">=", next),
            _ => One(time, "<", next),
        };
    }

    private static DateTime Next(DateTime start, string unit)
    {
        try
        {
            return unit switch
            {
                "second" => start.AddSeconds(1),
                "minute" => start.AddMinutes(1),
                "hour" => start.AddHours(1),
                "day" => start.AddDays(1),
                "week" => start.AddDays(7),
                "month" => start.AddMonths(1),
                "quarter" => start.AddMonths(3),
                _ => start.AddYears(1),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            return DateTime.MaxValue;
        }
    }

    private static FilterNode In(Dimension dimension, List<object?> values, bool isNot)
    {
        if (values.Count > MostValues) throw new SqlError(SqlStates.ProgramLimit, $"A list has {values.Count} values; {MostValues} are taken.");
        var given = values.Where(value => value is not null).Select(Values.FilterText).ToList();
        if (!isNot) return new MemberFilter(dimension.FullName, "equals", given);
        // NOT IN with a NULL in the list is never true.
        if (given.Count < values.Count) return Never(dimension);
        return given.Count == 0 ? new TrueFilter() : new FilterGroup(true, [new MemberFilter(dimension.FullName, "notEquals", given), new MemberFilter(dimension.FullName, "set", null)]);
    }

    private List<object?>? Items(Expression array, Dimension dimension)
    {
        var type = CubeScope.TypeOf(dimension);
        if (array is ArrayOf list && list.Items.All(Constants.IsConstant)) return [.. list.Items.Select(item => Constants.Evaluate(item, type, context))];
        if (array is Cast { Operand: ArrayOf inner }) return Items(inner, dimension);
        var parameter = array as Parameter ?? (array as Cast)?.Operand as Parameter;
        if (parameter is null) return null;
        return context.Parameters.Value(parameter.Number, type.ArrayOf()) switch
        {
            null => [null],
            List<object?> values => [.. values.Select(value => Values.Convert(value, type))],
            _ => throw new SqlError(SqlStates.DatatypeMismatch, $"${parameter.Number} is compared by ANY and is no list; declare it as an array."),
        };
    }

    private FilterNode Match(Like like, Dimension dimension, bool isNot)
    {
        var pattern = Constants.Evaluate(like.Pattern, SqlType.Text, context);
        return pattern is null ? Never(dimension) : new MemberFilter(dimension.FullName, PatternOperators.NameOf(like.IgnoresCase, isNot), [(string)pattern]);
    }

    private static Member? Flag(Column column, CubeScope scope) => scope.Find(column) is var member && member is Segment or Dimension { Type: DimensionType.Boolean } ? member : null;

    private static FilterNode? Always(bool value, CubeScope scope) =>
        value ? new TrueFilter() : scope.AnyDimension is { } any ? Never(any) : null;

    private static MemberFilter Never(Dimension dimension) => new(dimension.FullName, "equals", []);

    // A dimension as it is, or cast to the type that it has.
    private static Dimension? Plain(Expression expression, CubeScope scope) => expression switch
    {
        Column column => scope.Find(column) as Dimension,
        Cast { Operand: Column column } cast when scope.Find(column) is Dimension dimension && CubeScope.TypeOf(dimension) == cast.Type => dimension,
        _ => null,
    };

    private static (Dimension Time, string Unit)? Truncated(Expression expression, CubeScope scope) => expression switch
    {
        Cast { Type: SqlType.Date, Operand: var operand } => Plain(operand, scope) is { Type: DimensionType.Time } time ? (time, "day") : Truncated(operand, scope) is var (inner, unit) && Granularities.Coarseness(unit) >= Granularities.Coarseness("day") ? (inner, unit) : null,
        Cast { Type: SqlType.Timestamp, Operand: Call call } => Truncated(call, scope),
        Call { Name: "date_trunc", Arguments.Count: 2 } trunc when Plain(trunc.Arguments[1], scope) is { Type: DimensionType.Time } time => (time, Constants.Unit(trunc)),
        _ => null,
    };
}
