using System.Numerics;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Expressions;

/// <summary>What a filter over rows says of partition values: an expression over a spec's fields that is true for the partition of every row
/// that the filter keeps (specification, "Scan Planning", inclusive projection).</summary>
internal static class InclusiveProjection
{
    /// <summary>The projection of a bound filter; its predicates are bound to the partition fields by their ids.</summary>
    public static Expression Of(Expression filter, PartitionSpec spec) => filter switch
    {
        And a => Expression.And(Of(a.Left, spec), Of(a.Right, spec)),
        Or o => Expression.Or(Of(o.Left, spec), Of(o.Right, spec)),
        BoundPredicate p => Of(p, spec),
        _ => filter,
    };

    private static Expression Of(BoundPredicate predicate, PartitionSpec spec)
    {
        var result = Expression.AlwaysTrue;
        foreach (var field in spec.Fields)
        {
            if (field.SourceId == predicate.Field.Id && predicate.Field.Type is PrimitiveType source && field.Transform.CanApply(source))
                result = Expression.And(result, Of(predicate, field, source));
        }

        return result;
    }

    private static Expression Of(BoundPredicate p, PartitionField field, PrimitiveType source)
    {
        var target = new NestedField(field.FieldId, field.Name, field.Transform.ResultType(source), Required: false);
        return field.Transform.Kind switch
        {
            TransformKind.Void => Expression.AlwaysTrue,
            TransformKind.Identity => On(p.Operation, [.. p.Values]),
            _ when p.Operation is Operation.IsNull => On(Operation.IsNull),
            TransformKind.Bucket => p.Operation is Operation.Equal or Operation.In ? OneOf() : NotNull(),
            TransformKind.Truncate when source.Kind is PrimitiveKind.String => Text(),
            TransformKind.Truncate when source.Kind is PrimitiveKind.Binary => Ordered(Value, Value),

            // What is left are whole numbers, of which the neighbours are known: "below the first of May" is "April or before".
            _ => Ordered(Below, Above),
        };

        Expression On(Operation operation, params IReadOnlyList<object> values) => new BoundPredicate(operation, target, [field.Name], values);

        // Every predicate but IsNull is for rows with a value, and these transforms give every value a value.
        Expression NotNull() => On(Operation.NotNull);

        Expression OneOf()
        {
            var values = new List<object>(p.Values.Count);
            foreach (var value in p.Values)
            {
                if (Apply(value) is not { } applied)
                    return NotNull();
                if (!values.Contains(applied))
                    values.Add(applied);
            }

            return values.Count == 1 ? On(Operation.Equal, values) : On(Operation.In, values);
        }

        Expression Ordered(Func<object?> below, Func<object?> above) => p.Operation switch
        {
            Operation.Equal or Operation.In => OneOf(),
            Operation.LessThan => Bounded(Operation.LessThanOrEqual, below()),
            Operation.LessThanOrEqual => Bounded(Operation.LessThanOrEqual, p.Value),
            Operation.GreaterThan => Bounded(Operation.GreaterThanOrEqual, above()),
            Operation.GreaterThanOrEqual => Bounded(Operation.GreaterThanOrEqual, p.Value),
            _ => NotNull(),
        };

        Expression Bounded(Operation operation, object? value) => value is null ? Expression.AlwaysFalse
            : Apply(value) is { } applied ? On(operation, applied)
            : NotNull();

        Expression Text()
        {
            if (p.Operation is not (Operation.StartsWith or Operation.NotStartsWith))
                return Ordered(Value, Value);
            var prefix = (string)p.Value;
            var truncated = (string)Apply(prefix)!;
            return (truncated.Length == prefix.Length, p.Operation) switch
            {
                (true, _) => On(p.Operation, prefix),
                (false, Operation.StartsWith) => On(Operation.Equal, truncated),
                _ => NotNull(),
            };
        }

        object? Value() => p.Value;

        // The next value; null when the type has none, so that no row can be beyond.
        object? Below() => p.Value switch
        {
            int i => i == int.MinValue ? null : i - 1,
            long l => l == long.MinValue ? null : l - 1,
            BigInteger b => b - 1,
            var other => other,
        };

        object? Above() => p.Value switch
        {
            int i => i == int.MaxValue ? null : i + 1,
            long l => l == long.MaxValue ? null : l + 1,
            BigInteger b => b + 1,
            var other => other,
        };

        object? Apply(object value)
        {
            try
            {
                return field.Transform.Apply(source, value);
            }
            catch (ValidationException)
            {
                // Truncation below the least int or long: such a value says nothing of partitions.
                return null;
            }
        }
    }
}
