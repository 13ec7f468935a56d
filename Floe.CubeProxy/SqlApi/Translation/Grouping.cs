using System.Globalization;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>Rows put together by keys, as a query of its own: keys are its columns k0, k1, …, aggregates a0, a1, …</summary>
/// <param name="meaning">Tells expressions apart.</param>
internal sealed class Grouping(Func<Expression, string> meaning)
{
    private readonly List<string> _fields = [];
    private readonly Dictionary<string, Written> _known = [];
    private int _keys;

    public void AddKey(Expression key, Written written) => Add(key, written, $"k{(_keys++).ToString(CultureInfo.InvariantCulture)}");

    public void AddAggregate(Call call, Written written) => Add(call, written, $"a{_fields.Count.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>The column that an expression has become; null: none.</summary>
    public Written? Resolve(Expression expression) => _known.TryGetValue(meaning(expression), out var written) ? written : null;

    public string Sql(string source, IReadOnlyList<string> conditions)
    {
        var where = conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        var groupBy = _keys == 0 ? "" : $" GROUP BY {string.Join(", ", Enumerable.Range(1, _keys))}";
        return $"(SELECT {(_fields.Count == 0 ? "1" : string.Join(", ", _fields))} FROM {source}{where}{groupBy}) AS \"g\"";
    }

    public static Written Aggregate(Call call, Written input)
    {
        if (call.Name is "sum" or "avg" && !input.Type.IsNumber()) throw new SqlError(SqlStates.UndefinedFunction, $"{call.Name.ToUpperInvariant()} needs numbers; this is of type {input.Type.DisplayName()}.", call.Position);
        return new($"{call.Name}({(call.IsDistinct ? "DISTINCT " : "")}{input.Sql})", AggregateFunctions.TypeOf(call.Name, input.Type));
    }

    private void Add(Expression expression, Written written, string name)
    {
        _fields.Add($"{written.Sql} AS \"{name}\"");
        _known.TryAdd(meaning(expression), new Written($"\"g\".\"{name}\"", written.Type));
    }
}
