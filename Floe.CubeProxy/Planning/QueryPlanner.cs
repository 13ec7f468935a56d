using System.Text;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.Snapshots;

namespace Floe.CubeProxy.Planning;

/// <summary>
/// Writes the SQL of a query. When a join repeats rows of a cube that is summed (fan-out), that cube's rows are first
/// made distinct by key; aggregates that need different treatment are computed apart and put together on the dimensions.
/// </summary>
public sealed class QueryPlanner
{
    private readonly SemanticModel _model;
    private readonly MemberResolver _resolver;

    public QueryPlanner(SemanticModel model)
    {
        _model = model;
        _resolver = new MemberResolver(model);
        var (tables, notices) = (new List<RollupTable>(), new List<string>());
        foreach (var rollup in model.Cubes.SelectMany(cube => cube.Rollups))
        {
            if (RollupTable.TryCreate(rollup, TryFindJoins, out var reason) is { } table) tables.Add(table);
            else notices.Add($"{rollup.Place}: rollup {rollup.FullName} {reason} and is not built; queries read the tables.");
        }
        Rollups = tables;
        Check = new ModelCheck(model, TryFindJoins);
        Notices = notices;
    }

    /// <summary>The tables to build with every set of snapshots.</summary>
    public IReadOnlyList<RollupTable> Rollups { get; }

    /// <summary>Holds the model against loaded tables.</summary>
    public ModelCheck Check { get; }

    /// <summary>Rollups of the model that are not built, and why; for the log.</summary>
    public IReadOnlyList<string> Notices { get; }

    /// <param name="context">Whose rights the answer is for.</param>
    /// <exception cref="CubeApiException">The query names what the model does not have, no join path leads to it, or the caller may not see it.</exception>
    /// <param name="set">The tables and rollups that will be read; null: not there yet.</param>
    public QueryPlan Plan(CubeQuery query, SecurityContext context, SnapshotSet? set = null)
    {
        var asked = _resolver.Resolve(query);
        var used = UsedMembers.Of(asked);
        var (members, joins) = Restrict(asked, used, context);
        if (set is { Faults.Count: > 0 }) RefuseFaults(members, joins, set);
        var leaves = LeavesOf(members);
        var rollup = set is null or { RollupNames.Count: 0 } ? null : Rollups.FirstOrDefault(rollup => set.RollupNames.Contains(rollup.Name) && rollup.Covers(members, leaves, joins));
        var keyed = rollup is null ? KeyedRows.TryFind(members, joins, leaves, set) : null;
        return new Planned(this, members, joins, leaves, rollup, keyed, used, context, new SqlParameters()).Build();
    }

    private static void RefuseFaults(ResolvedQuery members, JoinTree joins, SnapshotSet set)
    {
        var parts = members.AllMembers.SelectMany(TouchedCubes.Parts).Concat<object>(joins.Joins);
        if (parts.Select(part => set.Faults.GetValueOrDefault(part)).FirstOrDefault(fault => fault is not null) is { } fault) throw new CubeApiException(400, $"Error: {fault}", "model_fault");
    }

    // A policy's filter can need a further cube, which can have a policy of its own.
    private (ResolvedQuery Members, JoinTree Joins) Restrict(ResolvedQuery members, UsedMembers used, SecurityContext context)
    {
        // Cubes inside sub-queries, too, and before anything is said about joins.
        foreach (var cube in used.Cubes) AccessRules.RowsOf(cube, used.In(cube), context);
        var joins = FindJoins(members);
        var restricted = new HashSet<Cube>();
        while (true)
        {
            var open = members.AllMembers.Select(member => member.Cube).Where(cube => cube.IsView).Concat(joins.Cubes).Where(restricted.Add).ToList();
            var filters = open.Select(cube => AccessRules.RowsOf(cube, used.In(cube), context)).OfType<ResolvedFilter>().ToList();
            if (filters.Count == 0) return (members, joins);
            members = members with { RowFilters = [.. members.RowFilters, .. filters] };
            joins = FindJoins(members);
        }
    }

    /// <summary>The body of a sub-query dimension's own query: its keys and its value.</summary>
    /// <param name="except">A time dimension whose range does not count: a rolling window looks beyond it.</param>
    private string SubQuery(Dimension dimension, ResolvedQuery outer, UsedMembers used, SecurityContext context, SqlParameters parameters, ResolvedTime? except)
    {
        bool IsPlain(Member member) => !SubQueries.Of([member]).Any();
        var propagates = dimension.PropagatesFilters;
        var asked = new ResolvedQuery
        {
            Query = outer.Query with { Ungrouped = null, Total = null },
            Measures = [dimension.SubQueryValue],
            Dimensions = [.. dimension.Cube.PrimaryKeys],
            Times = propagates ? [.. outer.Times.Where(time => time.Range is not null && time.Dimension != except?.Dimension && IsPlain(time.Dimension)).Select(time => time with { Granularity = null, Custom = null })] : [],
            Segments = propagates ? [.. outer.Segments.Where(IsPlain)] : [],
            RowFilters = propagates ? [.. outer.RowFilters.Where(filter => filter.Members.All(IsPlain))] : [],
            MeasureFilters = [],
        };
        // What it is made of is among the members that the whole query uses.
        var (members, joins) = Restrict(asked, used, context);
        return new Planned(this, members, joins, LeavesOf(members), null, null, used, context, parameters).Body();
    }

    private static List<Measure> LeavesOf(ResolvedQuery members) =>
        [.. members.AskedMeasures.SelectMany(Aggregates.Leaves).Distinct()];

    private JoinTree? TryFindJoins(IEnumerable<Member> members)
    {
        var paths = new List<IReadOnlyList<Cube>>();
        foreach (var member in members) CollectCubes(member, paths);
        return _model.Joins.Find(paths);
    }

    private JoinTree FindJoins(ResolvedQuery members)
    {
        var paths = new List<IReadOnlyList<Cube>>();
        foreach (var hint in members.JoinHints.Where(hint => hint.Count > 0)) paths.Add(hint);
        foreach (var member in members.AllMembers) CollectCubes(member, paths);
        return _model.Joins.Find(paths)
            ?? throw CubeApiException.User($"Can't find join path to join {string.Join(", ", paths.Select(path => $"'{string.Join(',', path.Select(cube => cube.Name))}'"))}", "no_join_path");
    }

    private static void CollectCubes(Member member, List<IReadOnlyList<Cube>> paths)
    {
        Add(member.JoinPath, paths);
        if (!member.Cube.IsView) Add(member.Cube, paths);
        // What a sub-query joins is its own affair.
        if (member is Dimension { IsSubQuery: true }) return;
        foreach (var part in member.Templates.SelectMany(template => template.Parts))
        {
            switch (part)
            {
                case SqlPart.CubeAlias alias:
                    Add(alias.Way, paths);
                    Add(alias.Cube, paths);
                    break;
                case SqlPart.MemberReference reference:
                    Add(reference.Way, paths);
                    CollectCubes(reference.Member, paths);
                    break;
            }
        }
    }

    private static void Add(IReadOnlyList<Cube> way, List<IReadOnlyList<Cube>> paths)
    {
        if (way.Count > 1 && !paths.Any(path => path.SequenceEqual(way))) paths.Add(way);
    }

    private static void Add(Cube cube, List<IReadOnlyList<Cube>> paths)
    {
        if (!paths.Exists(path => path[^1] == cube)) paths.Add([cube]);
    }

    /// <summary>The planning of one query.</summary>
    private sealed class Planned
    {
        private readonly ResolvedQuery _members;
        private readonly CubeQuery _query;
        private readonly JoinTree _joins;
        private readonly SqlParameters _parameters;
        private readonly QueryPlanner _planner;
        private readonly UsedMembers _used;
        private readonly SecurityContext _context;
        private readonly ILookup<Cube, Dimension> _subQueries;
        private readonly List<(string Alias, string Sql)> _groups = [];
        private readonly List<ResultColumn> _columns = [];
        private readonly List<Measure> _leaves;
        private readonly RollupTable? _rollup;
        private readonly KeyedRows? _keyed;
        private string? _from;
        private string? _where;

        public Planned(QueryPlanner planner, ResolvedQuery members, JoinTree joins, List<Measure> leaves, RollupTable? rollup, KeyedRows? keyed, UsedMembers used, SecurityContext context, SqlParameters parameters)
        {
            _planner = planner;
            _used = used;
            _context = context;
            _parameters = parameters;
            _rollup = rollup;
            _keyed = keyed;
            _members = members;
            _query = members.Query;
            _joins = joins;
            foreach (var dimension in members.Dimensions)
            {
                _groups.Add((dimension.Alias, Of(dimension)));
                _columns.Add(new ResultColumn(dimension.FullName, dimension.Alias));
            }
            AddTimes();
            _columns.AddRange(members.Measures.Select(measure => new ResultColumn(measure.FullName, measure.Alias)));
            _leaves = leaves;
            _subQueries = SubQueries.Of(members.AllMembers).ToLookup(dimension => dimension.Cube);
        }

        public QueryPlan Build()
        {
            var order = Order();
            var orderSql = string.Concat(order.Select((item, i) => $"{(i == 0 ? " ORDER BY " : ", ")}{item.Position} {(item.Descending ? "DESC" : "ASC")}"));
            var body = Body();
            var count = _query.Total == true ? $"SELECT count(*) FROM ({body}) AS \"all_rows\"" : null;
            var whole = new PlanBody(body, [.. _parameters.Values]);
            var page = $" LIMIT {_parameters.Add((long)_query.Limit)}{(_query.Offset is { } offset ? $" OFFSET {_parameters.Add(offset)}" : "")}";
            return new QueryPlan(body + orderSql + page, _parameters.Values, _columns, count, [.. order.Select(item => (item.Member, item.Descending))], _members) { Body = whole, Joins = _joins };
        }

        /// <summary>The query without order and limit.</summary>
        public string Body() =>
            _query.Ungrouped == true ? Ungrouped() : _rollup is null && (_leaves.Exists(IsRolling) || _leaves.Exists(NeedsKeys)) ? Separate() : Together();

        private void AddTimes()
        {
            var withGranularity = _members.Times.Where(time => time.Granularity is not null).DistinctBy(time => time.Key).ToList();
            foreach (var time in withGranularity)
            {
                _groups.Add((time.Alias, PeriodSql.StartOf(time, Local(Of(time.Dimension)))));
                var finest = withGranularity.Where(other => other.Dimension == time.Dimension).MinBy(other => other.Coarseness);
                var alsoAs = finest == time && !_members.Dimensions.Contains(time.Dimension) ? time.Dimension.FullName : null;
                _columns.Add(new ResultColumn(time.Key, time.Alias, alsoAs));
            }
        }

        // Stored times are UTC without a zone; only another zone needs the detour over ICU.
        private string Local(string sql) => _query.Zone == TimeZoneInfo.Utc
            ? UtcTime.Of(sql)
            : $"timezone({_parameters.Add(_query.Timezone)}, ({sql})::TIMESTAMPTZ)";

        private string Of(Member member) => _rollup?.ColumnOf(member) ?? member switch
        {
            Segment segment => MemberSql.Of(segment),
            _ => MemberSql.Of((Dimension)member),
        };

        // Written when a part needs it: its values are parameters, and every parameter has to be used.
        private string Rows => _where ??= _keyed is null ? Where() : Where(of: _keyed.IsElsewhere);

        private string Tables => _from ??= _rollup is null ? From(null) : $"{_rollup.Quoted} AS \"rollup\"";

        /// <param name="except">A time dimension whose range does not count.</param>
        private string From(ResolvedTime? except) => FromClause.Write(
            _joins,
            cube => _keyed is not null && cube == _joins.Root ? _keyed.Sql(Where(of: _keyed.IsHere)) : FromClause.Source(cube, parameters => FilterParams(parameters, except)),
            cube => string.Concat(_subQueries[cube].Select(dimension =>
            {
                var alias = MemberSql.SubQueryAlias(dimension);
                var keys = cube.PrimaryKeys.Select(key => $"{alias}.\"{key.Alias}\" = {MemberSql.Of(key)}");
                return $" LEFT JOIN ({_planner.SubQuery(dimension, _members, _used, _context, _parameters, except)}) AS {alias} ON {string.Join(" AND ", keys)}";
            })));

        // The conditions on these dimensions and on nothing else, in the words of the cube's own query.
        private string FilterParams(SqlPart.FilterParams wanted, ResolvedTime? except)
        {
            var columns = wanted.Columns.GroupBy(column => column.Dimension).ToDictionary(Member (same) => same.Key, same => same.First().Sql);
            var filters = new FilterSql(_parameters, _query.Zone, member => columns[member.Underlying]);
            var conditions = _members.Times.Where(time => time.Range is not null && time.Dimension != except?.Dimension && columns.ContainsKey(time.Dimension.Underlying))
                .Select(time => $"({filters.Range(columns[time.Dimension.Underlying], time.Range!.Value)})")
                .Concat(_members.RowFilters.Select(filter => Part(filter)).OfType<ResolvedFilter>().Select(filters.Write)).ToList();
            return conditions.Count == 0 ? "(1 = 1)" : $"({string.Join(" AND ", conditions)})";

            ResolvedFilter? Part(ResolvedFilter filter)
            {
                if (filter.Members.All(member => columns.ContainsKey(member.Underlying))) return filter;
                return filter is ResolvedFilterGroup { IsAnd: true } all && all.Filters.Select(Part).OfType<ResolvedFilter>().ToList() is { Count: > 0 } parts
                    ? new ResolvedFilterGroup(true, parts)
                    : null;
            }
        }

        /// <param name="of">Only conditions on these.</param>
        private string Where(ResolvedTime? except = null, Func<Member, bool>? of = null)
        {
            var filters = new FilterSql(_parameters, _query.Zone, Of);
            var conditions = new List<string>();
            of ??= _ => true;
            conditions.AddRange(_members.Times.Where(time => time.Range is not null && time.Dimension != except?.Dimension && of(time.Dimension)).Select(time => $"({filters.Range(Of(time.Dimension), time.Range!.Value)})"));
            conditions.AddRange(_members.Segments.Where(of).Select(segment => $"({Of(segment)})"));
            conditions.AddRange(_members.RowFilters.Where(filter => filter.Members.All(of)).Select(filters.Write));
            return conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        }

        private string Having(string keyword, Func<Measure, string> leaf)
        {
            if (_members.MeasureFilters.Count == 0) return "";
            var filters = new FilterSql(_parameters, _query.Zone, member => Final((Measure)member, leaf));
            return $" {keyword} {string.Join(" AND ", _members.MeasureFilters.Select(filters.Write))}";
        }

        /// <summary>All aggregates in one SELECT.</summary>
        private string Together()
        {
            string Leaf(Measure measure) => _rollup?.Merge(measure) ?? _keyed?.Merge(measure) ?? Aggregate(measure, MemberSql.Input);
            var fields = _groups.Select(Field).Concat(_members.Measures.Select(measure => $"{Final(measure, Leaf)} AS \"{measure.Alias}\""));
            return $"SELECT {string.Join(", ", fields)} FROM {Tables}{Rows}{GroupBy()}{Having("HAVING", Leaf)}";
        }

        private string Ungrouped()
        {
            if (_members.MeasureFilters.Count > 0)
                throw CubeApiException.User("Measure filters aren't allowed in ungrouped query", "ungrouped_measure_filter");
            var fields = _groups.Select(Field).Concat(_members.Measures.Select(measure => $"{Aggregates.Ungrouped(measure)} AS \"{measure.Alias}\""));
            return $"SELECT {string.Join(", ", fields)} FROM {Tables}{Rows}";
        }

        /// <summary>One SELECT for what a join does not spoil, one per cube whose rows it repeats; joined on the dimensions.</summary>
        private string Separate()
        {
            var parts = new List<string>();
            var columns = new Dictionary<Measure, string>();
            var direct = _leaves.Where(measure => !IsRolling(measure) && !NeedsKeys(measure)).ToList();
            if (direct.Count > 0) parts.Add(Part(direct, $"FROM {Tables}{Rows}", _groups, measure => Aggregate(measure, MemberSql.Input)));
            foreach (var cube in _leaves.Where(measure => !IsRolling(measure) && NeedsKeys(measure)).GroupBy(measure => measure.Cube))
            {
                var repeated = cube.ToList();
                var inputs = repeated.Select((measure, i) => $"{MemberSql.Input(measure)} AS \"input_{i}\"");
                var keys = cube.Key.PrimaryKeys.Select((key, i) => $"{MemberSql.Of(key)} AS \"key_{i}\"");
                var distinct = $"FROM (SELECT DISTINCT {string.Join(", ", _groups.Select(Field).Concat(keys).Concat(inputs))} FROM {Tables}{Rows}) AS \"keys\"";
                parts.Add(Part(repeated, distinct, [.. _groups.Select(group => (group.Alias, $"\"{group.Alias}\""))],
                    measure => Aggregates.Write(measure, $"\"input_{repeated.IndexOf(measure)}\"", isRepeated: false)));
            }

            foreach (var window in _leaves.Where(IsRolling).GroupBy(measure => (measure.Cube, measure.Window)))
            {
                var rolling = window.ToList();
                var source = Rolling(rolling, window.Key.Window!, out var groups);
                parts.Add(Part(rolling, source, groups, measure => Aggregates.Write(measure, $"\"input_{rolling.IndexOf(measure)}\"", isRepeated: false)));
            }

            string Leaf(Measure measure) => columns[measure];
            var fields = _groups.Select(group => $"\"q_0\".\"{group.Alias}\"").Concat(_members.Measures.Select(measure => $"{Final(measure, Leaf)} AS \"{measure.Alias}\""));
            var sql = new StringBuilder($"SELECT {string.Join(", ", fields)} FROM ({parts[0]}) AS \"q_0\"");
            for (var i = 1; i < parts.Count; i++)
            {
                var same = _groups.Select(group => $"\"q_0\".\"{group.Alias}\" IS NOT DISTINCT FROM \"q_{i}\".\"{group.Alias}\"");
                sql.Append($" JOIN ({parts[i]}) AS \"q_{i}\" ON {(_groups.Count == 0 ? "TRUE" : string.Join(" AND ", same))}");
            }
            return sql.Append(Having("WHERE", Leaf)).ToString();

            string Part(List<Measure> measures, string from, IReadOnlyList<(string Alias, string Sql)> groups, Func<Measure, string> aggregate)
            {
                var outputs = measures.Select((measure, i) =>
                {
                    columns[measure] = $"\"q_{parts.Count}\".\"value_{i}\"";
                    return $"{aggregate(measure)} AS \"value_{i}\"";
                });
                return $"SELECT {string.Join(", ", groups.Select(Field).Concat(outputs).ToList())} {from}{GroupBy()}";
            }
        }

        private bool IsRolling(Measure measure) => measure.Window is not null && RollingTime is not null;

        // The periods are those of the finest granularity asked for; without any the whole range is the one period.
        private ResolvedTime? RollingTime => _members.Times.Where(time => time.Granularity is not null).MinBy(time => time.Coarseness)
            ?? _members.Times.FirstOrDefault(time => time.Range is not null);

        /// <summary>Every period of the range beside the rows of its window; a row is in as many windows as reach over it.</summary>
        private string Rolling(List<Measure> measures, RollingWindow window, out IReadOnlyList<(string Alias, string Sql)> groups)
        {
            var time = RollingTime!;
            if (_members.Times.FirstOrDefault(other => other.Dimension == time.Dimension && other.Range is not null)?.Range is not { } range)
                throw CubeApiException.User("Time series queries without dateRange aren't supported", "rolling_without_range");
            var cube = measures[0].Cube;
            var ofTime = _members.Times.Where(other => other.Granularity is not null && other.Dimension == time.Dimension).Select(other => other.Alias).ToHashSet();
            var others = _groups.Where(group => !ofTime.Contains(group.Alias)).ToList();
            var inputs = measures.Select((measure, i) => $"{MemberSql.Input(measure)} AS \"input_{i}\"");
            var keys = _joins.Multiplies(cube) ? cube.PrimaryKeys.Select((key, i) => $"{MemberSql.Of(key)} AS \"key_{i}\"") : [];
            var rows = $"SELECT {(_joins.Multiplies(cube) ? "DISTINCT " : "")}{string.Join(", ", others.Select(Field).Append($"{Local(MemberSql.Of(time.Dimension))} AS \"row_time\"").Concat(keys).Concat(inputs))} FROM {From(time)}{Where(time)}";
            var (from, end) = (_parameters.Add(range.From), _parameters.Add(range.To.AddMilliseconds(1)));
            var series = $"SELECT {from}::TIMESTAMP AS \"from\", {end}::TIMESTAMP AS \"end\"";
            if (time.Granularity is not null)
            {
                PeriodSql.RefuseTooMany(time, range);
                var interval = PeriodSql.Interval(time);
                series = $"SELECT \"at\" AS \"from\", \"at\" + {interval} AS \"end\" FROM (SELECT unnest(generate_series({PeriodSql.StartOf(time, $"{from}::TIMESTAMP")}, {end}::TIMESTAMP - INTERVAL '1 millisecond', {interval})) AS \"at\") AS \"starts\"";
            }
            groups = [.. _groups.Select(group => ofTime.Contains(group.Alias)
                ? (group.Alias, PeriodSql.StartOf(_members.Times.First(other => other.Granularity is not null && other.Alias == group.Alias), "\"series\".\"from\""))
                : (group.Alias, $"\"rows\".\"{group.Alias}\""))];
            // A period without rows is a row of the answer when nothing else divides it.
            return $"FROM ({series}) AS \"series\" {(others.Count == 0 ? "LEFT " : "")}JOIN ({rows}) AS \"rows\" ON {InWindow(window)}";
        }

        private static string InWindow(RollingWindow window)
        {
            const string Time = "\"rows\".\"row_time\"";
            if (window.ToDate is { } unit) return $"{Time} >= date_trunc('{unit}', \"series\".\"from\") AND {Time} < \"series\".\"end\"";
            var at = window.IsFromStart ? "\"series\".\"from\"" : "\"series\".\"end\"";
            var conditions = new List<string>();
            if (window.Trailing != RollingWindow.Unbounded) conditions.Add($"{Time} >= {at}{(window.Trailing is null ? "" : $" - INTERVAL '{window.Trailing}'")}");
            if (window.Leading != RollingWindow.Unbounded) conditions.Add($"{Time} < {at}{(window.Leading is null ? "" : $" + INTERVAL '{window.Leading}'")}");
            return conditions.Count == 0 ? "TRUE" : string.Join(" AND ", conditions);
        }

        private string Final(Measure measure, Func<Measure, string> leaf) =>
            Aggregates.IsLeaf(measure) ? leaf(measure) : MemberSql.Calculated(measure, inner => Final(inner, leaf));

        private string Aggregate(Measure measure, Func<Measure, string> input) => Aggregates.Write(measure, input(measure), _joins.Multiplies(measure.Cube));

        private bool NeedsKeys(Measure measure)
        {
            if (!_joins.Multiplies(measure.Cube) || Aggregates.SurvivesRepetition(measure)) return false;
            return !measure.IsCalculated
                ? true
                : throw CubeApiException.User($"'{measure.FullName}' aggregates columns in its own SQL and a join of this query repeats its rows; ask for it without that join, or build it from sum and count measures.", "repeated_rows");
        }

        private string GroupBy() => _groups.Count == 0
            ? ""
            : $" GROUP BY {string.Join(", ", Enumerable.Range(1, _groups.Count))}";

        private List<(string Member, int Position, bool Descending)> Order()
        {
            var items = _query.Order is { Count: > 0 } given ? given : DefaultOrder();
            var order = new List<(string, int, bool)>();
            foreach (var item in items)
            {
                var position = PositionOf(item.Member);
                // Cube ignores an order by what is not selected.
                if (position >= 0) order.Add((item.Member, position + 1, item.Descending));
            }
            return order;
        }

        // A time dimension's name stands for its finest granularity, even when the dimension itself is selected, too.
        private int PositionOf(string member)
        {
            var finest = _members.Times.Where(time => time.Granularity is not null && time.Dimension.FullName.Equals(member, StringComparison.OrdinalIgnoreCase))
                .MinBy(time => time.Coarseness);
            var key = finest?.Key ?? member;
            return _columns.FindIndex(column => column.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
        }

        private IReadOnlyList<OrderItem> DefaultOrder()
        {
            if (_members.Times.FirstOrDefault(time => time.Granularity is not null) is { } time) return [new OrderItem(time.Dimension.FullName, false)];
            if (_members.Dimensions.Count == 0) return [];
            return _members.Measures is [var measure, ..] ? [new OrderItem(measure.FullName, true)] : [new OrderItem(_members.Dimensions[0].FullName, false)];
        }

        private static string Field((string Alias, string Sql) field) => $"{field.Sql} AS \"{field.Alias}\"";
    }
}
