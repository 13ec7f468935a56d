using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Expressions;

/// <summary>Finds an expression's columns in a schema and turns its values into their types.</summary>
internal static class Binding
{
    public static Expression Bind(Expression expression, Schema schema) => Resolve(expression.PushNegations(), schema);

    private static Expression Resolve(Expression expression, Schema schema) => expression switch
    {
        And a => Expression.And(Resolve(a.Left, schema), Resolve(a.Right, schema)),
        Or o => Expression.Or(Resolve(o.Left, schema), Resolve(o.Right, schema)),
        Predicate p => Resolve(p, schema),
        _ => expression,
    };

    private static Expression Resolve(Predicate predicate, Schema schema)
    {
        var (field, path) = Find(predicate.Column, schema);
        if (predicate.Operation is Operation.IsNull or Operation.NotNull)
            return new BoundPredicate(predicate.Operation, field, path, []);
        if (field.Type is not PrimitiveType type)
            throw new ValidationException($"The filter asks {predicate.Operation} of the column '{predicate.Column}', which is a {field.Type}; such columns have IsNull and NotNull only.");
        if (predicate.Operation is Operation.IsNaN or Operation.NotNaN && type.Kind is not (PrimitiveKind.Float or PrimitiveKind.Double))
            throw new ValidationException($"The filter asks {predicate.Operation} of the column '{predicate.Column}', which is a {type}; only float and double have NaN.");
        if (predicate.Operation is Operation.StartsWith or Operation.NotStartsWith && type.Kind != PrimitiveKind.String)
            throw new ValidationException($"The filter asks {predicate.Operation} of the column '{predicate.Column}', which is a {type}; only strings have it.");

        var values = predicate.Values.Select(v => Convert(predicate, type, v)).ToArray();
        if (predicate.Operation is not (Operation.In or Operation.NotIn))
            return new BoundPredicate(predicate.Operation, field, path, values);

        Array.Sort(values, SingleValue.Compare);
        object[] distinct = [.. values.Where((v, i) => i == 0 || SingleValue.Compare(v, values[i - 1]) != 0)];
        return distinct.Length == 1
            ? new BoundPredicate(predicate.Operation == Operation.In ? Operation.Equal : Operation.NotEqual, field, path, distinct)
            : new BoundPredicate(predicate.Operation, field, path, distinct);
    }

    private static object Convert(Predicate predicate, PrimitiveType type, Literal literal)
    {
        if (LiteralConversion.TryConvert(literal, type, out var remedy) is { } value)
            return value;
        throw new ValidationException($"The filter compares the column '{predicate.Column}', which is a {type}, with {literal.Describe()}: {remedy}.");
    }

    /// <summary>A top level column of that very name, dots and all; else a struct's field by its path.</summary>
    private static (NestedField Field, IReadOnlyList<string> Path) Find(string column, Schema schema)
    {
        if (schema.FindField(column) is { } top)
            return (top, [column]);
        var names = column.Split('.');
        var field = schema.FindField(names[0]);
        for (var i = 1; i < names.Length && field is not null; i++)
            field = (field.Type as StructType)?.Fields.FirstOrDefault(f => f.Name == names[i]);
        return field is not null
            ? (field, names)
            : throw new ValidationException($"The filter names the column '{column}', which the schema does not have; it has {string.Join(", ", schema.Fields.Select(f => f.Name))}.");
    }
}
