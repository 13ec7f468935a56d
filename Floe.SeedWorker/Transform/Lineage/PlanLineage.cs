using System.Text.Json;

namespace Floe.SeedWorker.Transform.Lineage;

/// <summary>
/// Reads column lineage out of DuckDB's bound plan (<c>json_serialize_plan(.., optimize := false)</c>): every operator's output columns from those of
/// its children, to which the expressions refer by place. So it is exact through <c>*</c>, CTEs, subqueries, joins and windows, without a parser of SQL.
/// </summary>
internal sealed class PlanLineage(Func<string, string, string> dataset)
{
    private readonly Dictionary<long, IReadOnlyList<Inputs>> _ctes = [];
    private readonly Stack<IReadOnlyList<Inputs>> _outer = new();
    private readonly Inputs _rows = [];

    /// <summary>The inputs of a plan's columns.</summary>
    public static (IReadOnlyList<Inputs> Columns, Inputs Rows) Read(string json, Func<string, string, string> dataset)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1024 });
        var root = document.RootElement;
        if (root.GetProperty("error").GetBoolean())
            throw new LineageException(root.TryGetProperty("error_message", out var message) ? message.GetString()! : "DuckDB gives no plan.");
        var lineage = new PlanLineage(dataset);
        try
        {
            return (lineage.Columns(root.GetProperty("plans")[0]), lineage._rows);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LineageException("The plan has a form that is not known.");
        }
    }

    private IReadOnlyList<Inputs> Columns(JsonElement node)
    {
        var type = node.GetProperty("type").GetString()!;
        switch (type)
        {
            case "LOGICAL_GET":
                return Get(node);
            case "LOGICAL_DUMMY_SCAN":
                return [new Inputs()];
            case "LOGICAL_EMPTY_RESULT" or "LOGICAL_EXPRESSION_GET" or "LOGICAL_CHUNK_GET":
                return Constants(node);
            case "LOGICAL_DELIM_GET":
                return _outer.Peek();
            case "LOGICAL_CTE_REF":
                return _ctes[node.GetProperty("cte_index").GetInt64()];
            case "LOGICAL_MATERIALIZED_CTE":
                _ctes[node.GetProperty("table_index").GetInt64()] = Columns(Child(node, 0));
                return Columns(Child(node, 1));
            case "LOGICAL_PROJECTION":
                return All(node, "expressions", Columns(Child(node, 0)));
            case "LOGICAL_FILTER":
                var kept = Columns(Child(node, 0));
                Rows(node, "expressions", kept, Influence.Filter);
                return Mapped(node, "projection_map", kept);
            case "LOGICAL_AGGREGATE_AND_GROUP_BY":
                var grouped = Columns(Child(node, 0));
                Rows(node, "groups", grouped, Influence.GroupBy);
                return [.. All(node, "groups", grouped), .. All(node, "expressions", grouped)];
            case "LOGICAL_WINDOW":
                var windowed = Columns(Child(node, 0));
                return [.. windowed, .. All(node, "expressions", windowed)];
            case "LOGICAL_ORDER_BY" or "LOGICAL_TOP_N":
                var sorted = Columns(Child(node, 0));
                Rows(node, "orders", sorted, Influence.Sort);
                return Mapped(node, "projection_map", sorted);
            case "LOGICAL_DISTINCT":
                var distinct = Columns(Child(node, 0));
                Rows(node, "distinct_targets", distinct, Influence.GroupBy);
                return distinct;
            case "LOGICAL_LIMIT" or "LOGICAL_SAMPLE":
                return Columns(Child(node, 0));
            case "LOGICAL_UNNEST":
                var listed = Columns(Child(node, 0));
                return [.. listed, .. All(node, "expressions", listed)];
            case "LOGICAL_UNION" or "LOGICAL_EXCEPT" or "LOGICAL_INTERSECT":
                return Places(node);
            case "LOGICAL_CROSS_PRODUCT" or "LOGICAL_POSITIONAL_JOIN":
                return [.. Columns(Child(node, 0)), .. Columns(Child(node, 1))];
            case "LOGICAL_COMPARISON_JOIN" or "LOGICAL_ANY_JOIN" or "LOGICAL_ASOF_JOIN" or "LOGICAL_DELIM_JOIN" or "LOGICAL_DEPENDENT_JOIN":
                return Join(node, type);
            default:
                throw new LineageException($"The lineage of the operator {type} is not known.");
        }
    }

    private List<Inputs> Get(JsonElement node)
    {
        var names = node.GetProperty("names").EnumerateArray().Select(n => n.GetString()!).ToList();
        var data = node.TryGetProperty("function_data", out var d) && d.ValueKind == JsonValueKind.Object ? d : default;
        var table = data.ValueKind == JsonValueKind.Object && data.TryGetProperty("table", out var t) ? t.GetString() : null;
        var schema = table is null ? "" : data.GetProperty("schema").GetString()!;
        var read = node.GetProperty("column_indexes").EnumerateArray().Select(c => c.GetProperty("index").GetUInt64() is var i && table is not null && i < (ulong)names.Count
            ? Inputs.Of(new InputColumn(dataset(schema, table), names[(int)i]))
            : new Inputs()).ToList();
        if (table is null && node.GetProperty("name").GetString() is not ("range" or "generate_series" or "unnest" or "repeat"))
            throw new LineageException($"The query reads {node.GetProperty("name").GetString()}(...), which is neither a model nor a source.");
        return node.GetProperty("projection_ids").GetArrayLength() == 0 ? read : [.. node.GetProperty("projection_ids").EnumerateArray().Select(p => read[p.GetInt32()])];
    }

    private static List<Inputs> Constants(JsonElement node)
    {
        foreach (var name in (ReadOnlySpan<string>)["return_types", "expr_types", "chunk_types", "types"])
        {
            if (node.TryGetProperty(name, out var types) && types.ValueKind == JsonValueKind.Array)
                return [.. types.EnumerateArray().Select(_ => new Inputs())];
        }

        throw new LineageException($"The lineage of {node.GetProperty("type").GetString()} is not known.");
    }

    private List<Inputs> Places(JsonElement node)
    {
        var children = node.GetProperty("children").EnumerateArray().Select(Columns).ToList();
        var result = children[0].Select(_ => new Inputs()).ToList();
        foreach (var child in children)
        {
            for (var i = 0; i < result.Count; i++)
                result[i].Add(child[i], Influence.Identity);
        }

        return result;
    }

    private IReadOnlyList<Inputs> Join(JsonElement node, string type)
    {
        var left = Columns(Child(node, 0));
        var delim = type is "LOGICAL_DELIM_JOIN" or "LOGICAL_DEPENDENT_JOIN";
        if (delim)
        {
            if (node.TryGetProperty("delim_flipped", out var flipped) && flipped.GetBoolean())
                throw new LineageException("The lineage of a flipped correlated join is not known.");
            _outer.Push(All(node, "duplicate_eliminated_columns", left));
        }

        var right = Columns(Child(node, 1));
        if (delim)
            _outer.Pop();

        var asked = new Inputs();
        if (node.TryGetProperty("conditions", out var conditions))
        {
            foreach (var condition in conditions.EnumerateArray())
            {
                asked.Add(Expression(condition.GetProperty("left"), left), Influence.Join);
                asked.Add(Expression(condition.GetProperty("right"), right), Influence.Join);
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["condition", "predicate"])
        {
            if (node.TryGetProperty(name, out var on) && on.ValueKind == JsonValueKind.Object)
                asked.Add(Expression(on, [.. left, .. right]), Influence.Join);
        }

        _rows.Add(asked, Influence.Join);
        left = Mapped(node, "left_projection_map", left);
        return node.GetProperty("join_type").GetString() switch
        {
            "SEMI" or "ANTI" => left,
            // Whether there is a partner is decided by what is compared.
            "MARK" => [.. left, asked],
            _ => [.. left, .. Mapped(node, "right_projection_map", right)],
        };
    }

    private static IReadOnlyList<Inputs> Mapped(JsonElement node, string name, IReadOnlyList<Inputs> columns) =>
        node.TryGetProperty(name, out var map) && map.ValueKind == JsonValueKind.Array && map.GetArrayLength() > 0 ? [.. map.EnumerateArray().Select(i => columns[i.GetInt32()])] : columns;

    private static IReadOnlyList<Inputs> All(JsonElement node, string name, IReadOnlyList<Inputs> columns) =>
        [.. node.GetProperty(name).EnumerateArray().Select(e => Expression(e, columns))];

    private void Rows(JsonElement node, string name, IReadOnlyList<Inputs> columns, Influence how)
    {
        if (node.TryGetProperty(name, out var expressions) && expressions.ValueKind == JsonValueKind.Array)
        {
            foreach (var expression in expressions.EnumerateArray())
                _rows.Add(Parts(expression, columns, Influence.Identity), how);
        }
    }

    private static Inputs Expression(JsonElement expression, IReadOnlyList<Inputs> columns)
    {
        var result = new Inputs();
        switch (expression.GetProperty("expression_class").GetString())
        {
            case "BOUND_REF":
                result.Add(columns[expression.GetProperty("index").GetInt32()], Influence.Identity);
                break;
            case "BOUND_CONSTANT" or "BOUND_PARAMETER" or "BOUND_DEFAULT":
                break;
            case "BOUND_CASE":
                foreach (var check in expression.GetProperty("case_checks").EnumerateArray())
                {
                    result.Add(Expression(check.GetProperty("when_expr"), columns), Influence.Conditional);
                    result.Add(Expression(check.GetProperty("then_expr"), columns), Influence.Transformation);
                }

                result.Add(Expression(expression.GetProperty("else_expr"), columns), Influence.Transformation);
                break;
            case "BOUND_AGGREGATE":
                result.Add(Parts(expression.GetProperty("children"), columns, Influence.Identity), Influence.Aggregation);
                AddOthers(Influence.Conditional, "children");
                break;
            case "BOUND_WINDOW":
                result.Add(Parts(expression.GetProperty("children"), columns, Influence.Identity),
                    expression.GetProperty("type").GetString() == "WINDOW_AGGREGATE" ? Influence.Aggregation : Influence.Transformation);
                AddOthers(Influence.Window, "children");
                break;
            case "BOUND_FUNCTION" or "BOUND_CAST" or "BOUND_COMPARISON" or "BOUND_CONJUNCTION" or "BOUND_OPERATOR" or "BOUND_BETWEEN" or "BOUND_UNNEST":
                AddOthers(Influence.Transformation, "");
                break;
            case var other:
                throw new LineageException($"The lineage of the expression {other} is not known.");
        }

        return result;

        void AddOthers(Influence how, string but)
        {
            foreach (var property in expression.EnumerateObject().Where(p => p.Name != but))
                result.Add(Parts(property.Value, columns, Influence.Identity), how);
        }
    }

    /// <summary>The inputs of all expressions in a piece of the plan.</summary>
    private static Inputs Parts(JsonElement piece, IReadOnlyList<Inputs> columns, Influence how)
    {
        var result = new Inputs();
        switch (piece.ValueKind)
        {
            case JsonValueKind.Object when piece.TryGetProperty("expression_class", out _):
                result.Add(Expression(piece, columns), how);
                break;
            case JsonValueKind.Object:
                foreach (var property in piece.EnumerateObject())
                    result.Add(Parts(property.Value, columns, how), how);
                break;
            case JsonValueKind.Array:
                foreach (var element in piece.EnumerateArray())
                    result.Add(Parts(element, columns, how), how);
                break;
        }

        return result;
    }

    private static JsonElement Child(JsonElement node, int index) => node.GetProperty("children")[index];
}
