using Floe.CubeProxy.Model;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>
/// A SELECT over cubes. Keys that are dimensions, or periods of time dimensions, and measures are asked of the engine as they are.
/// Keys that are worked out from dimensions, and conditions that no filter can say, are worked out over the engine's rows, which
/// are then put together once more; only measures that add up, of rows that no join repeats, are right after that.
/// </summary>
internal sealed class CubeSelect : SelectWriter
{
    private readonly CubeScope _scope;
    private readonly WhereFilters _where;
    private readonly List<object> _values = [];
    private readonly ExpressionWriter _writer;
    private readonly List<string> _dimensions = [];
    private readonly List<string> _measures = [];
    private readonly List<TimeDimensionQuery> _times = [];

    public CubeSelect(Select select, CubeScope scope, IReadOnlyList<(Expression Condition, CubeScope Scope)> conditions, StatementContext context, int? mostRows) : base(select, context, mostRows)
    {
        _scope = scope;
        _writer = new ExpressionWriter(context, _values);
        _where = new WhereFilters(context);
        Items = [.. select.Items.SelectMany(item => item.Expression is Star star ? Expand(star) : [item])];
        foreach (var (condition, of) in conditions) _where.Add(condition, of);
        if (select.Where is not null) _where.Add(select.Where, scope);
    }

    protected override IReadOnlyList<SelectItem> Items { get; }

    protected override string Meaning(Column column) => _scope.TryFind(column)?.FullName ?? column.Mark;

    public Translated Translate()
    {
        var keys = Keys(column => _scope.TryFind(column) is not null);
        var aggregates = Aggregates();
        var isGrouped = keys.Count > 0 || aggregates.Count > 0 || Select.Having is not null;
        if (!isGrouped && Select.IsDistinct && Items.All(item => item.Expression.All.OfType<Column>().All(column => _scope.Find(column) is Dimension)))
        {
            keys = [.. Items.Select(item => item.Expression).DistinctBy(Meaning)];
            isGrouped = true;
        }
        return isGrouped ? Grouped(keys, aggregates) : Rows();
    }

    /// <summary>Row by row, as Cube answers a SELECT without aggregates: a measure has its value in the row.</summary>
    private Translated Rows()
    {
        // What the rows are made of has to be known before the engine's query can be planned, its values come first.
        foreach (var column in Items.Select(item => item.Expression).Concat(_where.Left.Select(left => left.Condition)).Concat(Select.OrderBy.Select(key => key.Expression)).SelectMany(expression => expression.All).OfType<Column>())
        {
            if (!IsAlias(column)) RowLeaf(column);
        }
        if (_dimensions.Count + _measures.Count == 0) _dimensions.Add(AnyDimension().FullName);
        var source = Ask(isUngrouped: true, []);
        return Write(source, Residual(RowLeaf), _writer, RowLeaf, _values);
    }

    private Translated Grouped(List<Expression> keys, List<Call> aggregates)
    {
        var measures = aggregates.ToDictionary(call => Meaning(call), MeasureOf);
        var ofRows = aggregates.FindAll(call => measures[Meaning(call)] is null);
        // Sums, averages and counts of a dimension need every row; smallest, largest and distinct values do not.
        // So does COUNT(*) where there is no measure for it.
        var needsRows = ofRows.Find(call => call.Name is "sum" or "avg" || (call.Name == "count" && !call.IsDistinct));
        if (needsRows is not null)
        {
            if (_scope.Tables.Count > 1) throw SqlError.Unsupported($"{needsRows.Name.ToUpperInvariant()} of a dimension over joined cubes is not supported: the join repeats rows; use a measure.", needsRows.Position);
            if (aggregates.Find(call => measures[Meaning(call)] is not null && !call.IsStar) is { } measure)
                throw SqlError.Unsupported($"{needsRows.Name.ToUpperInvariant()} of a dimension cannot stand beside a measure; ask for one after the other.", measure.Position);
        }
        var again = ofRows.Count > 0 || _where.Left.Count > 0 || !keys.TrueForAll(IsExact);

        Expression[] over = [.. keys, .. ofRows.Where(call => !CountsRows(call)).SelectMany(call => call.Arguments), .. _where.Left.Select(left => left.Condition)];
        foreach (var expression in over) Register(expression);
        foreach (var measure in measures.Values.OfType<Measure>().Where(_ => needsRows is null)) Add(_measures, measure.FullName);
        if (_dimensions.Count + _measures.Count + _times.Count == 0)
        {
            // Constants alone: one row, however many there are below.
            _dimensions.Add(AnyDimension().FullName);
            again = true;
        }
        var source = Ask(needsRows is not null, again && needsRows is null ? [.. measures.Values.OfType<Measure>()] : [], needsEachRowOnce: true);

        var grouping = new Grouping(Meaning);
        if (again)
        {
            foreach (var key in keys) grouping.AddKey(key, _writer.Write(key, Leaf));
            foreach (var call in aggregates)
            {
                grouping.AddAggregate(call, measures[Meaning(call)] is not { } measure ? OfRows(call)
                    : needsRows is not null ? new Written("count(*)", SqlType.Int8)
                    : AddUp(measure));
            }
            source = grouping.Sql(source, Residual(Leaf));
        }

        Written? Resolve(Expression expression)
        {
            if (again) return grouping.Resolve(expression) ?? Ungrouped(expression);
            if (IsAggregate(expression)) return MeasureColumn(measures[Meaning(expression)]!);
            return keys.Exists(key => Meaning(key) == Meaning(expression)) ? _writer.Write(expression, Leaf) : Ungrouped(expression);
        }
        List<string> having = Select.Having is null ? [] : [_writer.Condition(Select.Having, Resolve)];
        return Write(source, having, _writer, Resolve, _values);
    }

    private IEnumerable<SelectItem> Expand(Star star) => _scope.Expand(star).Where(column => !AggregatesColumns(column.Member)).Select(column => new SelectItem(column.Column, null));

    // A measure that aggregates columns in its own SQL has no value in a row.
    private static bool AggregatesColumns(Member member) =>
        member is Measure measure && Planning.Aggregates.Leaves(CubeScope.Underlying(measure)).Any(leaf => leaf.IsCalculated);

    private bool IsAlias(Column column) => column.Qualifier is null && _scope.TryFind(column) is null && Items.Any(item => item.Alias?.Equals(column.Name, StringComparison.OrdinalIgnoreCase) == true);

    private Dimension AnyDimension() => _scope.AnyDimension
        ?? throw SqlError.Unsupported($"{_scope.Tables[0].Name} has no dimension; ask for its measures with MEASURE(…).");

    // Null: an aggregate of something that is no measure.
    private Measure? MeasureOf(Call call)
    {
        if (call.IsStar) return call.Name == "count" ? CountOf(call) : throw SqlError.Syntax($"{call.Name}(*) does not exist.", call.Position);
        if (call.Arguments is not [var argument]) throw new SqlError(SqlStates.UndefinedFunction, $"{call.Name} takes one argument.", call.Position);
        if (argument is Literal { Value: not null } && call is { Name: "count", IsDistinct: false }) return CountOf(call);
        if (argument is Column column && _scope.Find(column) is Measure measure)
        {
            AggregateFunctions.Check(call, measure);
            return measure;
        }
        if (call.Name == "measure") throw SqlError.Unsupported("MEASURE takes a measure by its name.", argument.Position);
        if (argument.All.OfType<Column>().Select(_scope.Find).OfType<Measure>().FirstOrDefault() is { } inside)
            throw SqlError.Unsupported($"{call.Name.ToUpperInvariant()} of an expression of the measure '{inside.FullName}' is not supported; aggregate the measure, then calculate.", call.Position);
        return null;
    }

    private Measure? CountOf(Call call)
    {
        if (_scope.Tables.Count > 1) throw SqlError.Unsupported("COUNT(*) over joined cubes is not supported; use MEASURE(cube.count).", call.Position);
        var measures = _scope.Tables[0].Columns.Select(column => column.Member).OfType<Measure>().ToList();
        return measures.FindAll(measure => CubeScope.Underlying(measure) is { Type: MeasureType.Count, Sql: null, Filters.Count: 0, Window: null }) switch
        {
            [] => null,
            [var one] => one,
            var several => throw SqlError.Unsupported($"COUNT(*) may be {string.Join(" or ", several.Select(measure => $"MEASURE({measure.Name})"))}; use one of them.", call.Position),
        };
    }

    // The engine groups by these themselves: nothing is put together that it keeps apart.
    private bool IsExact(Expression key) => key switch
    {
        _ when Constants.IsConstant(key) => true,
        Column column => _scope.Find(column) switch
        {
            Dimension => true,
            Segment segment => throw OnlyCondition(segment, column),
            _ => throw new SqlError(SqlStates.GroupingError, $"'{column.Shown}' is no dimension and cannot be in GROUP BY.", column.Position),
        },
        Cast { Type: SqlType.Date, Operand: Column column } => _scope.Find(column) is Dimension { Type: DimensionType.Time },
        Cast { Type: SqlType.Date, Operand: Call call } => PeriodOf(call) is var (_, unit) && Granularities.Coarseness(unit) >= Granularities.Coarseness("day"),
        Cast { Type: SqlType.Text or SqlType.Timestamp, Operand: var operand } => IsExact(operand),
        Call { Name: "date_part", Arguments: [Literal { Value: "year" }, Column column] } => _scope.Find(column) is Dimension { Type: DimensionType.Time },
        Call call => PeriodOf(call) is not null,
        _ => false,
    };

    private (Dimension Time, string Unit)? PeriodOf(Call call)
    {
        if (call is not { Name: "date_trunc", Arguments: [_, var argument] }) return null;
        var column = argument as Column ?? (argument as Cast is { Type: SqlType.Timestamp } cast ? cast.Operand as Column : null);
        return column is not null && _scope.Find(column) is Dimension { Type: DimensionType.Time } time ? (time, Constants.Unit(call)) : null;
    }

    private void Register(Expression expression)
    {
        if (Leaf(expression) is not null) return;
        foreach (var child in expression.Children) Register(child);
    }

    /// <summary>A column of the engine's rows, asked for when it is met for the first time.</summary>
    private Written? Leaf(Expression expression)
    {
        switch (expression)
        {
            case Column column:
                if (_scope.Find(column) is not Dimension dimension) throw new SqlError(SqlStates.GroupingError, $"'{column.Shown}' is no dimension and cannot stand here without an aggregate.", column.Position);
                Add(_dimensions, dimension.FullName);
                return Typed(dimension.Alias, dimension);
            case Cast { Type: SqlType.Date, Operand: Column column } when _scope.Find(column) is Dimension { Type: DimensionType.Time } day:
                return new($"CAST({Period(day, "day").Sql} AS DATE)", SqlType.Date);
            case Call call when PeriodOf(call) is var (time, unit): return Period(time, unit);
            // Of the coarsest period that knows the field; fewer rows, and a rollup may have them.
            case Call { Name: "date_part", Arguments: [Literal { Value: string field }, Column column] } when _scope.Find(column) is Dimension { Type: DimensionType.Time } of && UnitOf(field) is { } unit:
                return new($"date_part('{field}', {Period(of, unit).Sql})", SqlType.Numeric);
            default: return null;
        }
    }

    private static string? UnitOf(string field) => field switch
    {
        "year" or "quarter" or "month" or "week" or "day" or "hour" or "minute" => field,
        "dow" or "isodow" or "doy" => "day",
        _ => null,
    };

    private Written Period(Dimension time, string unit)
    {
        if (!_times.Exists(known => known.Dimension == time.FullName && known.Granularity == unit)) _times.Add(new TimeDimensionQuery(time.FullName, unit, null));
        return new($"CAST(\"q\".\"{time.Alias}_{unit}\" AS TIMESTAMP)", SqlType.Timestamp);
    }

    private Written? RowLeaf(Expression expression)
    {
        if (expression is not Column column) return null;
        switch (_scope.Find(column))
        {
            case Segment segment: throw OnlyCondition(segment, column);
            case Measure measure:
                if (AggregatesColumns(measure)) throw SqlError.Unsupported($"'{measure.FullName}' aggregates columns in its own SQL and has no value in a row; use MEASURE({measure.Name}).", column.Position);
                Add(_measures, measure.FullName);
                return MeasureColumn(measure);
            case var dimension:
                Add(_dimensions, dimension.FullName);
                return Typed(dimension.Alias, dimension);
        }
    }

    private static Written MeasureColumn(Measure measure) => Typed(measure.Alias, measure);

    // What the model calls a text or a time may be stored as something else.
    private static Written Typed(string alias, Member member)
    {
        var type = CubeScope.TypeOf(member);
        var column = $"\"q\".\"{alias}\"";
        return new(type switch { SqlType.Text => $"CAST({column} AS VARCHAR)", SqlType.Timestamp => $"CAST({column} AS TIMESTAMP)", _ => column }, type);
    }

    private static bool CountsRows(Call call) => call.IsStar || (call.Name == "count" && call.Arguments is [Literal]);

    private Written OfRows(Call call) => CountsRows(call) ? new("count(*)", SqlType.Int8) : Grouping.Aggregate(call, _writer.Write(call.Arguments[0], Leaf));

    private static Written AddUp(Measure measure)
    {
        var column = $"\"q\".\"{measure.Alias}\"";
        return CubeScope.Underlying(measure).Type switch
        {
            // No rows: a count is 0, not NULL.
            MeasureType.Count => new($"CAST(coalesce(sum({column}), 0) AS BIGINT)", SqlType.Int8),
            MeasureType.Sum => new($"sum({column})", SqlType.Numeric),
            MeasureType.Min => new($"min({column})", CubeScope.TypeOf(measure)),
            _ => new($"max({column})", CubeScope.TypeOf(measure)),
        };
    }

    private List<string> Residual(Func<Expression, Written?> leaf) => [.. _where.Left.Select(left => _writer.Condition(left.Condition, leaf))];

    private static Written? Ungrouped(Expression expression) => expression is Column column
        ? throw new SqlError(SqlStates.GroupingError, $"The column '{column.Shown}' must be in GROUP BY, or inside MEASURE or an aggregate.", column.Position)
        : null;

    private static void Add(List<string> names, string name)
    {
        if (!names.Contains(name)) names.Add(name);
    }

    /// <param name="addedUp">Measures that will be put together once more.</param>
    private string Ask(bool isUngrouped, IReadOnlyList<Measure> addedUp, bool needsEachRowOnce = false)
    {
        foreach (var measure in addedUp.Where(measure => CubeScope.Underlying(measure) is not { Window: null, Type: MeasureType.Count or MeasureType.Sum or MeasureType.Min or MeasureType.Max }))
            throw SqlError.Unsupported($"'{measure.FullName}' ({measure.AggregationName}) cannot be added up over groups or conditions that are expressions; group by dimensions and date_trunc of time dimensions, and compare dimensions with values.");
        if (Context.Plan is null) return "";
        var (filters, ranges) = _where.Split();
        var query = new CubeQuery
        {
            Measures = _measures,
            Dimensions = _dimensions,
            TimeDimensions = [.. _times, .. ranges],
            Filters = filters,
            Segments = _where.Segments,
            Limit = CubeQuery.DefaultLimit,
            Ungrouped = isUngrouped ? true : null,
            Timezone = "UTC",
            Zone = TimeZoneInfo.Utc,
            CacheMode = "stale-if-slow",
        };
        var plan = Context.Plan(query);
        if (isUngrouped && needsEachRowOnce && plan.Joins.Multiplies(plan.Joins.Root))
            throw SqlError.Unsupported("SUM, AVG and COUNT of dimensions are not supported where a join repeats rows; use measures.");
        foreach (var measure in addedUp.Where(measure => plan.Repeats(CubeScope.Underlying(measure))))
            throw SqlError.Unsupported($"'{measure.FullName}' cannot be added up over groups or conditions that are expressions here, because a join repeats its rows; group by dimensions and compare dimensions with values.");
        if (_values.Count > 0) throw new InvalidOperationException("Values were written before those of the engine's query.");
        _values.AddRange(plan.Body.Parameters);
        return $"({plan.Body.Sql}) AS \"q\"";
    }

    private static SqlError OnlyCondition(Segment segment, Column column) => SqlError.Unsupported($"The segment '{segment.FullName}' is supported only as a condition in WHERE.", column.Position);
}
