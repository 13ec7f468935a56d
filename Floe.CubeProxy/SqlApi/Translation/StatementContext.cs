using Floe.CubeProxy.Model;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Security;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>What a statement is translated with.</summary>
/// <param name="Plan">Plans a query of the model for the caller; null: only the result's columns are asked for.</param>
/// <param name="Now">The time in UTC that <c>now()</c> gives.</param>
internal sealed record StatementContext(SemanticModel Model, SecurityContext Caller, IParameters Parameters, Func<CubeQuery, QueryPlan>? Plan, DateTime Now);

/// <summary>The parameters $1, $2, … of a statement.</summary>
internal interface IParameters
{
    /// <param name="wanted">What the place of the parameter asks for; <see cref="SqlType.Unknown"/>: anything.</param>
    /// <exception cref="SqlError">There is no such parameter, or its value is not of that type.</exception>
    object? Value(int number, SqlType wanted);
}

/// <summary>Values that came with a Bind message.</summary>
internal sealed class BoundParameters(IReadOnlyList<object?> values) : IParameters
{
    public static BoundParameters None { get; } = new([]);

    public object? Value(int number, SqlType wanted)
    {
        if (number > values.Count) throw new SqlError(SqlStates.UndefinedParameter, $"There is no parameter ${number}: {values.Count} were bound.");
        return values[number - 1] is List<object?> list ? list : Values.Convert(values[number - 1], wanted);
    }
}

/// <summary>While a statement is prepared: finds out of which type each parameter is, from the places where they stand.</summary>
internal sealed class ParameterTypes(IReadOnlyList<SqlType> declared) : IParameters
{
    private readonly SortedDictionary<int, SqlType> _found = [];

    /// <summary>One per parameter, up to the highest that is used or declared.</summary>
    public IReadOnlyList<SqlType> Types
    {
        get
        {
            var count = Math.Max(declared.Count, _found.Count == 0 ? 0 : _found.Keys.Last());
            return [.. Enumerable.Range(1, count).Select(number => Declared(number) is var type and not SqlType.Unknown ? type : _found.GetValueOrDefault(number, SqlType.Text))];
        }
    }

    public object? Value(int number, SqlType wanted)
    {
        var type = Declared(number) is var given and not SqlType.Unknown ? given : wanted == SqlType.Unknown ? SqlType.Text : wanted;
        _found.TryAdd(number, type);
        return (wanted == SqlType.Unknown ? type : wanted) switch
        {
            SqlType.Bool => true,
            SqlType.Int4 or SqlType.Int8 => 1L,
            SqlType.Numeric => 1m,
            SqlType.Float8 => 1d,
            SqlType.Date or SqlType.Timestamp => new DateTime(2000, 1, 1),
            SqlType.Interval => new IntervalValue(0, 1, 0),
            SqlType.TextArray or SqlType.Int8Array or SqlType.NumericArray or SqlType.TimestampArray => new List<object?>(),
            _ => "",
        };
    }

    private SqlType Declared(int number) => number <= declared.Count ? declared[number - 1] : SqlType.Unknown;
}
