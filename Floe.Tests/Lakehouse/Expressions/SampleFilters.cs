using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;

namespace Floe.Tests.Lakehouse.Expressions;

/// <summary>Random filters over columns.</summary>
internal static class SampleFilters
{
    /// <summary>A filter of up to a few predicates. Values are those of the column's rows or near them, so that bounds are met exactly.</summary>
    public static Expression Next(Random random, IReadOnlyList<(string Column, PrimitiveType Type, IReadOnlyList<object?> Values)> columns, int depth = 0) =>
        random.Next(depth == 0 ? 4 : 6) switch
        {
            0 when depth < 3 => Expression.And(Next(random, columns, depth + 1), Next(random, columns, depth + 1)),
            1 when depth < 3 => Expression.Or(Next(random, columns, depth + 1), Next(random, columns, depth + 1)),
            2 when depth < 3 => Expression.Not(Next(random, columns, depth + 1)),
            _ => Predicate(random, columns[random.Next(columns.Count)]),
        };

    private static Expression Predicate(Random random, (string Column, PrimitiveType Type, IReadOnlyList<object?> Values) column)
    {
        var (name, type, _) = column;
        var isFloat = type.Kind is PrimitiveKind.Float or PrimitiveKind.Double;
        return random.Next(isFloat || type.Kind == PrimitiveKind.String ? 14 : 10) switch
        {
            0 => Expression.Equal(name, Value()),
            1 => Expression.NotEqual(name, Value()),
            2 => Expression.LessThan(name, Value()),
            3 => Expression.LessThanOrEqual(name, Value()),
            4 => Expression.GreaterThan(name, Value()),
            5 => Expression.GreaterThanOrEqual(name, Value()),
            6 => Expression.In(name, [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Value())]),
            7 => Expression.NotIn(name, [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Value())]),
            8 => Expression.IsNull(name),
            9 => Expression.NotNull(name),
            10 or 11 => isFloat ? Expression.IsNaN(name) : Expression.StartsWith(name, Prefix()),
            _ => isFloat ? Expression.NotNaN(name) : Expression.NotStartsWith(name, Prefix()),
        };

        Literal Value()
        {
            while (true)
            {
                var value = random.Next(3) == 0 ? SampleValues.Next(random, type) : column.Values[random.Next(column.Values.Count)];
                if (value is not (null or float.NaN or double.NaN))
                    return Literal.Of(type, value);
            }
        }

        string Prefix()
        {
            var text = (string)Value().Value;
            var end = random.Next(text.Length + 1);
            return end > 0 && end < text.Length && char.IsHighSurrogate(text[end - 1]) ? text : text[..end];
        }
    }
}
