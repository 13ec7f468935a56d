using System.Text;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Planning;

/// <summary>
/// Writes the SQL of a query. When a join repeats rows of a cube that is summed (fan-out), that cube's rows are first
/// made distinct by key; aggregates that need different treatment are computed apart and put together on the dimensions.
/// </summary>
public sealed class QueryPlanner(SemanticModel model)
{
    private readonly MemberResolver _resolver = new(model);

    /// <exception cref="CubeApiException">The query names what the model does not have, or no join path leads to it.</exception>
    public QueryPlan Plan(CubeQuery query)
    {
        var members = _resolver.Resolve(query);
        return new Planned(members, FindJoins(members)).Build();
    }

    private JoinTree FindJoins(ResolvedQuery members)
    {
        var cubes = new List<Cube>();
        foreach (var member in members.AllMembers) CollectCubes(member, cubes);
        return model.Joins.Find(cubes)
            ?? throw CubeApiException.User($"Can't find join path to join {string.Join(", ", cubes.Select(cube => $"'{cube.Name}'"))}", "no_join_path");
    }

    private static void CollectCubes(Member member, List<Cube> cubes)
    {
        if (!cubes.Contains(member.Cube)) cubes.Add(member.Cube);
        foreach (var template in member.Templates)
        {
            foreach (var cube in template.Cubes.Where(cube => !cubes.Contains(cube))) cubes.Add(cube);
            foreach (var inner in template.Members) CollectCubes(inner, cubes);
        }
    }

    /// <summary>The planning of one query.</summary>
    private sealed class Planned
    {
        private readonly ResolvedQuery _members;
        private readonly CubeQuery _query;
        private readonly JoinTree _joins;
        private readonly SqlParameters _parameters = new();
        private readonly List<(string Alias, string Sql)> _groups = [];
        private readonly List<ResultColumn> _columns = [];
        private readonly List<Measure> _leaves;
        private readonly string _from;
        private readonly string _where;

        public Planned(ResolvedQuery members, JoinTree joins)
        {
            _members = members;
            _query = members.Query;
            _joins = joins;
            foreach (var dimension in members.Dimensions)
            {
                _groups.Add((dimension.Alias, MemberSql.Of(dimension)));
                _columns.Add(new ResultColumn(dimension.FullName, dimension.Alias));
            }
            AddTimes();
            _columns.AddRange(members.Measures.Select(measure => new ResultColumn(measure.FullName, measure.Alias)));
            _leaves = [.. members.Measures.Concat(members.MeasureFilters.SelectMany(filter => filter.Members).OfType<Measure>()).SelectMany(Aggregates.Leaves).Distinct()];
            _from = From();
            _where = Where();
        }

        public QueryPlan Build()
        {
            var order = Order();
            var orderSql = string.Concat(order.Select((item, i) => $"{(i == 0 ? " ORDER BY " : ", ")}{item.Position} {(item.Descending ? "DESC" : "ASC")}"));
            var body = _query.Ungrouped == true ? Ungrouped() : _leaves.Exists(NeedsKeys) ? Separate() : Together();
            var count = _query.Total == true ? $"SELECT count(*) FROM ({body}) AS \"all_rows\"" : null;
            var page = $" LIMIT {_parameters.Add((long)_query.Limit)}{(_query.Offset is { } offset ? $" OFFSET {_parameters.Add(offset)}" : "")}";
            return new QueryPlan(body + orderSql + page, _parameters.Values, _columns, count, [.. order.Select(item => (item.Member, item.Descending))], _members);
        }

        private void AddTimes()
        {
            var withGranularity = _members.Times.Where(time => time.Granularity is not null).DistinctBy(time => time.Key).ToList();
            foreach (var time in withGranularity)
            {
                var sql = $"date_trunc('{time.Granularity}', {Local(MemberSql.Of(time.Dimension))})";
                _groups.Add((time.Alias, sql));
                var finest = withGranularity.Where(other => other.Dimension == time.Dimension).MinBy(other => Granularities.Coarseness(other.Granularity!));
                var alsoAs = finest == time && !_members.Dimensions.Contains(time.Dimension) ? time.Dimension.FullName : null;
                _columns.Add(new ResultColumn(time.Key, time.Alias, alsoAs));
            }
        }

        // Stored times are UTC without a zone; only another zone needs the detour over ICU.
        private string Local(string sql) => _query.Zone == TimeZoneInfo.Utc
            ? $"({sql})::TIMESTAMP"
            : $"timezone({_parameters.Add(_query.Timezone)}, ({sql})::TIMESTAMPTZ)";

        private string From()
        {
            var sql = new StringBuilder($"{Source(_joins.Root)} AS {_joins.Root.Alias}");
            foreach (var join in _joins.Joins) sql.Append($" LEFT JOIN {Source(join.Target)} AS {join.Target.Alias} ON {MemberSql.On(join)}");
            return sql.ToString();
        }

        private static string Source(Cube cube) => cube.Table is { } table ? table.Quoted : $"({cube.Sql!.Text})";

        private string Where()
        {
            var filters = new FilterSql(_parameters, _query.Zone, member => MemberSql.Of((Dimension)member));
            var conditions = new List<string>();
            conditions.AddRange(_members.Times.Where(time => time.Range is not null).Select(time => $"({filters.Range(MemberSql.Of(time.Dimension), time.Range!.Value)})"));
            conditions.AddRange(_members.Segments.Select(segment => $"({MemberSql.Of(segment)})"));
            conditions.AddRange(_members.RowFilters.Select(filters.Write));
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
            string Leaf(Measure measure) => Aggregate(measure, MemberSql.Input);
            var fields = _groups.Select(Field).Concat(_members.Measures.Select(measure => $"{Final(measure, Leaf)} AS \"{measure.Alias}\""));
            return $"SELECT {string.Join(", ", fields)} FROM {_from}{_where}{GroupBy()}{Having("HAVING", Leaf)}";
        }

        private string Ungrouped()
        {
            if (_members.MeasureFilters.Count > 0)
                throw CubeApiException.User("Measure filters aren't allowed in ungrouped query", "ungrouped_measure_filter");
            var fields = _groups.Select(Field).Concat(_members.Measures.Select(measure => $"{Aggregates.Ungrouped(measure)} AS \"{measure.Alias}\""));
            return $"SELECT {string.Join(", ", fields)} FROM {_from}{_where}";
        }

        /// <summary>One SELECT for what a join does not spoil, one per cube whose rows it repeats; joined on the dimensions.</summary>
        private string Separate()
        {
            var parts = new List<string>();
            var columns = new Dictionary<Measure, string>();
            var direct = _leaves.Where(measure => !NeedsKeys(measure)).ToList();
            if (direct.Count > 0) parts.Add(Part(direct, $"FROM {_from}{_where}", _groups, measure => Aggregate(measure, MemberSql.Input)));
            foreach (var cube in _leaves.Where(NeedsKeys).GroupBy(measure => measure.Cube))
            {
                var repeated = cube.ToList();
                var inputs = repeated.Select((measure, i) => $"{MemberSql.Input(measure)} AS \"input_{i}\"");
                var keys = cube.Key.PrimaryKeys.Select((key, i) => $"{MemberSql.Of(key)} AS \"key_{i}\"");
                var distinct = $"FROM (SELECT DISTINCT {string.Join(", ", _groups.Select(Field).Concat(keys).Concat(inputs))} FROM {_from}{_where}) AS \"keys\"";
                parts.Add(Part(repeated, distinct, [.. _groups.Select(group => (group.Alias, $"\"{group.Alias}\""))],
                    measure => Aggregates.Write(measure, $"\"input_{repeated.IndexOf(measure)}\"", isRepeated: false)));
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
                .MinBy(time => Granularities.Coarseness(time.Granularity!));
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
