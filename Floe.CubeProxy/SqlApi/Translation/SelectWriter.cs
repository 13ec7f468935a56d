using System.Globalization;
using System.Text;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>What all SELECTs have in common: items, order and page, written over what stands below.</summary>
internal abstract class SelectWriter(Select select, StatementContext context, int? mostRows)
{
    protected Select Select { get; } = select;

    protected StatementContext Context { get; } = context;

    /// <summary>The items, with every * written out.</summary>
    protected abstract IReadOnlyList<SelectItem> Items { get; }

    /// <summary>Tells expressions apart by what they mean: equal texts, equal values.</summary>
    protected string Meaning(Expression expression) => expression is Column column ? Meaning(column)
        : expression is Star star ? star.Mark
        : $"{expression.Mark}({string.Join(",", expression.Children.Select(Meaning))})";

    protected abstract string Meaning(Column column);

    protected static bool IsAggregate(Expression expression) => expression is Call call && AggregateFunctions.IsOne(call.Name);

    /// <summary>The aggregates of items, HAVING and ORDER BY, each once.</summary>
    protected List<Call> Aggregates() =>
        [.. Items.Select(item => item.Expression).Concat(Select.Having is null ? [] : [Select.Having]).Concat(Select.OrderBy.Select(key => key.Expression))
            .SelectMany(expression => expression.All).Where(IsAggregate).Cast<Call>().DistinctBy(Meaning)];

    /// <summary>GROUP BY with positions and aliases replaced by what they mean.</summary>
    protected List<Expression> Keys(Func<Column, bool> isColumn) => [.. Select.GroupBy.Select(key => Referred(key, "GROUP BY", isColumn, preferColumns: true)).DistinctBy(Meaning)];

    private Expression Referred(Expression key, string clause, Func<Column, bool> isColumn, bool preferColumns)
    {
        if (key is Literal { Value: long position })
            return position >= 1 && position <= Items.Count ? Items[(int)position - 1].Expression : throw new SqlError(SqlStates.InvalidColumnReference, $"{clause} position {position} is not in the select list of {Items.Count}.", key.Position);
        if (key is not Column { Qualifier: null } column || (preferColumns && isColumn(column))) return key;
        return Items.FirstOrDefault(item => item.Alias?.Equals(column.Name, StringComparison.OrdinalIgnoreCase) == true)?.Expression ?? key;
    }

    protected static string NameOf(SelectItem item) => item.Alias ?? item.Expression switch
    {
        Column column => column.Name,
        Call { Name: "measure", Arguments: [Column column] } => column.Name,
        Call call => call.Name,
        Cast { Operand: Column column } => column.Name,
        Case => "case",
        _ => "?column?",
    };

    /// <summary>SELECT items FROM source WHERE … ORDER BY … LIMIT …</summary>
    /// <param name="resolve">What columns and aggregates are in the source.</param>
    protected Translated Write(string source, IReadOnlyList<string> conditions, ExpressionWriter writer, Func<Expression, Written?> resolve, List<object> values)
    {
        var columns = new List<OutputColumn>();
        var fields = new List<string>();
        foreach (var item in Items)
        {
            var written = writer.Write(item.Expression, resolve);
            fields.Add(string.Create(CultureInfo.InvariantCulture, $"{written.Sql} AS \"c{columns.Count}\""));
            columns.Add(new OutputColumn(NameOf(item), written.Type == SqlType.Unknown ? SqlType.Text : written.Type));
        }
        if (columns.Count > 1600) throw new SqlError(SqlStates.TooComplex, "The result has more than 1600 columns.");
        var sql = new StringBuilder("SELECT ").Append(Select.IsDistinct ? "DISTINCT " : "").AppendJoin(", ", fields).Append(" FROM ").Append(source);
        if (conditions.Count > 0) sql.Append(" WHERE ").AppendJoin(" AND ", conditions);
        var keys = Select.OrderBy.Where(key => key.Expression is not Literal { Value: not long }).Select(key => Order(key, writer, resolve)).ToList();
        if (keys.Count > 0) sql.Append(" ORDER BY ").AppendJoin(", ", keys);
        Page(sql, writer);
        return new Translated(Context.Plan is null ? "" : sql.ToString(), values, columns);
    }

    private string Order(OrderKey key, ExpressionWriter writer, Func<Expression, Written?> resolve)
    {
        var expression = Referred(key.Expression, "ORDER BY", _ => false, preferColumns: false);
        var meaning = Meaning(expression);
        var position = -1;
        for (var i = 0; i < Items.Count && position < 0; i++)
        {
            if (ReferenceEquals(Items[i].Expression, expression) || Meaning(Items[i].Expression) == meaning) position = i;
        }
        if (position < 0 && Select.IsDistinct) throw new SqlError(SqlStates.InvalidColumnReference, "With DISTINCT, what is ordered by must be in the select list.", key.Expression.Position);
        var sql = position >= 0 ? (position + 1).ToString(CultureInfo.InvariantCulture) : writer.Write(expression, resolve).Sql;
        return $"{sql} {(key.Descending ? "DESC" : "ASC")} NULLS {(key.NullsFirst ?? key.Descending ? "FIRST" : "LAST")}";
    }

    private void Page(StringBuilder sql, ExpressionWriter writer)
    {
        var limit = Count(Select.Limit, "LIMIT");
        if (mostRows is { } most) limit = Math.Min(limit ?? most, most);
        if (limit is { } rows) sql.Append(" LIMIT ").Append(writer.Add(rows));
        if (Count(Select.Offset, "OFFSET") is { } offset and > 0) sql.Append(" OFFSET ").Append(writer.Add(offset));
    }

    private long? Count(Expression? expression, string clause)
    {
        if (expression is null) return null;
        if (!Constants.IsConstant(expression)) throw SqlError.Unsupported($"{clause} takes a number or a parameter.", expression.Position);
        return Constants.Evaluate(expression, SqlType.Int8, Context) switch
        {
            null => null,
            long and >= 0 and var count => count,
            _ => throw new SqlError(SqlStates.InvalidLimit, $"{clause} must not be negative.", expression.Position),
        };
    }
}
