using Floe.CubeProxy.Planning;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>Works out expressions without columns: literals, parameters, <c>now() - interval '7 days'</c>.</summary>
internal static class Constants
{
    /// <summary>True for an expression that has a value of its own.</summary>
    public static bool IsConstant(Expression expression) => expression switch
    {
        Literal or Parameter or IntervalLiteral => true,
        Cast cast => cast.Type.ElementOf() == SqlType.Text && IsConstant(cast.Operand),
        Unary { Operator: "-" } unary => IsConstant(unary.Operand),
        Binary { Operator: "+" or "-" or "*" } binary => IsConstant(binary.Left) && IsConstant(binary.Right),
        Call { Arguments.Count: 0 } call => call.Name is "now" or "current_timestamp" or "localtimestamp" or "current_date" or "transaction_timestamp" or "statement_timestamp",
        Call { Name: "date_trunc", Arguments: [Literal { Value: string }, var time] } => IsConstant(time),
        _ => false,
    };

    /// <param name="wanted">The type that the place asks for.</param>
    /// <returns>bool, long, decimal, double, string, DateTime, interval, a list of these (an array parameter), or null.</returns>
    public static object? Evaluate(Expression expression, SqlType wanted, StatementContext context)
    {
        switch (expression)
        {
            case Literal literal: return Values.Convert(literal.Value, wanted);
            case Parameter parameter: return context.Parameters.Value(parameter.Number, wanted);
            case IntervalLiteral interval: return interval.Value;
            case Cast cast: return Values.Convert(Values.Convert(Evaluate(cast.Operand, cast.Type, context), cast.Type), wanted);
            case Unary unary: return Values.Convert(Negate(Evaluate(unary.Operand, wanted, context)), wanted);
            case Binary binary: return Values.Convert(Calculate(binary, wanted, context), wanted);
            case Call { Name: "current_date" }: return context.Now.Date;
            case Call { Name: "date_trunc" } trunc:
                var unit = Unit(trunc);
                return Evaluate(trunc.Arguments[1], SqlType.Timestamp, context) is DateTime time ? Granularities.StartOf(time, unit) : null;
            case Call: return context.Now;
            default: throw new InvalidOperationException($"{expression.GetType().Name} is no constant.");
        }
    }

    /// <summary>The unit of a date_trunc.</summary>
    public static string Unit(Call trunc)
    {
        if (trunc.Arguments is not [Literal { Value: string text }, _]) throw SqlError.Unsupported("date_trunc takes a unit in quotes and a time.", trunc.Position);
        var unit = text.ToLowerInvariant();
        return Granularities.IsKnown(unit) ? unit : throw SqlError.Unsupported($"date_trunc('{(unit.Length > 20 ? unit[..20] : unit)}', …) is not supported; known are second, minute, hour, day, week, month, quarter and year.", trunc.Position);
    }

    private static object? Negate(object? value) => value switch
    {
        null => null,
        long number => checked(-number),
        decimal number => -number,
        double number => -number,
        IntervalValue interval => new IntervalValue(-interval.Months, -interval.Days, -interval.Microseconds),
        _ => throw new SqlError(SqlStates.DatatypeMismatch, "A minus stands before something that is no number."),
    };

    private static object? Calculate(Binary binary, SqlType wanted, StatementContext context)
    {
        var isTime = wanted.IsTime() || wanted == SqlType.Unknown;
        var left = Evaluate(binary.Left, isTime ? SqlType.Unknown : wanted, context);
        var right = Evaluate(binary.Right, left is DateTime or IntervalValue || isTime ? SqlType.Unknown : wanted, context);
        if (wanted.IsTime() && left is string) left = Values.Convert(left, SqlType.Timestamp);
        try
        {
            return (binary.Operator, left, right) switch
            {
                (_, null, _) or (_, _, null) => null,
                ("+" or "-", DateTime time, IntervalValue interval) => interval.AddTo(time, binary.Operator == "+" ? 1 : -1),
                ("+" or "-", DateTime time, string text) => IntervalValue.Parse(text).AddTo(time, binary.Operator == "+" ? 1 : -1),
                ("+", IntervalValue interval, DateTime time) => interval.AddTo(time, 1),
                ("+" or "-", DateTime time, long days) => new IntervalValue(0, checked((int)days), 0).AddTo(time, binary.Operator == "+" ? 1 : -1),
                ("*", IntervalValue interval, long times) => checked(new IntervalValue(interval.Months * (int)times, interval.Days * (int)times, interval.Microseconds * times)),
                ("*", long times, IntervalValue interval) => checked(new IntervalValue(interval.Months * (int)times, interval.Days * (int)times, interval.Microseconds * times)),
                ("+", long a, long b) => checked(a + b),
                ("-", long a, long b) => checked(a - b),
                ("*", long a, long b) => checked(a * b),
                ("+", decimal or long, decimal or long) => System.Convert.ToDecimal(left) + System.Convert.ToDecimal(right),
                ("-", decimal or long, decimal or long) => System.Convert.ToDecimal(left) - System.Convert.ToDecimal(right),
                ("*", decimal or long, decimal or long) => System.Convert.ToDecimal(left) * System.Convert.ToDecimal(right),
                _ => throw SqlError.Unsupported($"This calculation with '{binary.Operator}' is not supported; times take an interval or a number of days.", binary.Position),
            };
        }
        catch (OverflowException)
        {
            throw new SqlError(SqlStates.NumericOutOfRange, "The result of a calculation is too large.", binary.Position);
        }
    }
}
