using System.Globalization;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>A SELECT over the rows of another one: plain SQL, worked out by DuckDB.</summary>
internal sealed class OuterSelect : SelectWriter
{
    private readonly string? _alias;
    private readonly Translated _inner;
    private readonly List<object> _values;
    private readonly ExpressionWriter _writer;

    public OuterSelect(Select select, string? alias, Translated inner, StatementContext context, int? mostRows) : base(select, context, mostRows)
    {
        _alias = alias;
        _inner = inner;
        _values = [.. inner.Values];
        _writer = new ExpressionWriter(context, _values);
        Items = [.. select.Items.SelectMany(item => item.Expression is Star star ? Expand(star) : [item])];
    }

    protected override IReadOnlyList<SelectItem> Items { get; }

    public Translated Translate()
    {
        var source = $"({_inner.Sql}) AS \"t\"";
        List<string> where = Select.Where is null ? [] : [_writer.Condition(Select.Where, Resolve)];
        var keys = Keys(column => Find(column) >= 0);
        var aggregates = Aggregates();
        if (keys.Count == 0 && aggregates.Count == 0 && Select.Having is null) return Write(source, where, _writer, Resolve, _values);

        var grouping = new Grouping(Meaning);
        foreach (var key in keys) grouping.AddKey(key, _writer.Write(key, Resolve));
        foreach (var aggregate in aggregates) grouping.AddAggregate(aggregate, Aggregate(aggregate));
        List<string> having = Select.Having is null ? [] : [_writer.Condition(Select.Having, expression => grouping.Resolve(expression) ?? Ungrouped(expression))];
        return Write(grouping.Sql(source, where), having, _writer, expression => grouping.Resolve(expression) ?? Ungrouped(expression), _values);
    }

    protected override string Meaning(Column column) => Find(column) is >= 0 and var found ? string.Create(CultureInfo.InvariantCulture, $"c{found}") : column.Mark;

    private Written Aggregate(Call call)
    {
        if (call.Name == "measure") throw SqlError.Unsupported("MEASURE takes a measure of a cube; over a query in FROM use SUM, COUNT and the like.", call.Position);
        if (call.IsStar) return call.Name == "count" ? new("count(*)", SqlType.Int8) : throw SqlError.Syntax($"{call.Name}(*) does not exist.", call.Position);
        if (call.Arguments is not [var argument]) throw new SqlError(SqlStates.UndefinedFunction, $"{call.Name} takes one argument.", call.Position);
        var input = _writer.Write(argument, Resolve);
        return Grouping.Aggregate(call, input);
    }

    private IEnumerable<SelectItem> Expand(Star star)
    {
        CheckQualifier(star.Qualifier, star.Position);
        return _inner.Columns.Select((column, i) => new SelectItem(new Column(null, column.Name, star.Position) { Ordinal = i }, column.Name));
    }

    private Written? Resolve(Expression expression)
    {
        if (expression is not Column column) return null;
        var found = Find(column);
        if (found < 0) throw new SqlError(SqlStates.UndefinedColumn, $"There is no column '{column.Shown}' in the query of FROM.", column.Position);
        return new(string.Create(CultureInfo.InvariantCulture, $"\"t\".\"c{found}\""), _inner.Columns[found].Type);
    }

    private static Written? Ungrouped(Expression expression) => expression is Column column
        ? throw new SqlError(SqlStates.GroupingError, $"The column '{column.Shown}' must be in GROUP BY or inside an aggregate.", column.Position)
        : null;

    private int Find(Column column)
    {
        if (column.Ordinal is { } ordinal) return ordinal;
        CheckQualifier(column.Qualifier, column.Position);
        var found = Enumerable.Range(0, _inner.Columns.Count).Where(i => _inner.Columns[i].Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            0 => -1,
            1 => found[0],
            _ => throw new SqlError(SqlStates.AmbiguousColumn, $"The query of FROM has several columns '{column.Name}'; give them aliases.", column.Position),
        };
    }

    private void CheckQualifier(string? qualifier, int position)
    {
        if (qualifier is not null && !qualifier.Equals(_alias, StringComparison.OrdinalIgnoreCase)) throw new SqlError(SqlStates.UndefinedTable, $"There is no table '{qualifier}' in FROM.", position);
    }
}
