using Floe.Lakehouse.Manifests;

namespace Floe.Lakehouse.Expressions;

/// <summary>What is known of the values of a column in a group of rows: which kinds of values may be there, and between what bounds.</summary>
/// <param name="MayBeNull">There may be nulls.</param>
/// <param name="MayBeNaN">There may be NaNs.</param>
/// <param name="MayBeValue">There may be values that are neither.</param>
/// <param name="Lower">No value is below this; null when not known. It need not be a value itself.</param>
/// <param name="Upper">No value is above this; null when not known.</param>
internal readonly record struct ValueRange(bool MayBeNull, bool MayBeNaN, bool MayBeValue, object? Lower, object? Upper)
{
    /// <summary>Nothing is known.</summary>
    public static ValueRange Unknown { get; } = new(true, true, true, null, null);

    /// <summary>All rows have this value.</summary>
    public static ValueRange Of(object? value) => value switch
    {
        null => new(true, false, false, null, null),
        float.NaN or double.NaN => new(false, true, false, null, null),
        _ => new(false, false, true, value, value),
    };

    /// <summary>Whether the predicate may be true for a row; false is certain.</summary>
    public bool MightMatch(BoundPredicate p) => p.Operation switch
    {
        Operation.IsNull => MayBeNull,
        Operation.NotNull => MayBeNaN || MayBeValue,
        Operation.IsNaN => MayBeNaN,
        Operation.NotNaN => MayBeValue,
        Operation.LessThan => MayBeValue && (Lower is null || SingleValue.Compare(Lower, p.Value) < 0),
        Operation.LessThanOrEqual => MayBeValue && (Lower is null || SingleValue.Compare(Lower, p.Value) <= 0),
        Operation.GreaterThan => MayBeValue && (Upper is null || SingleValue.Compare(Upper, p.Value) > 0),
        Operation.GreaterThanOrEqual => MayBeValue && (Upper is null || SingleValue.Compare(Upper, p.Value) >= 0),
        Operation.Equal => MayBeValue && !Outside(p.Value),
        Operation.In => MayBeValue && AnyInside(p.Values),
        Operation.NotEqual => MayBeNaN || (MayBeValue && !IsOnly(p.Value)),
        Operation.NotIn => MayBeNaN || (MayBeValue && !IsOnlyOneOf(p.Values)),
        Operation.StartsWith => MayBeValue && !NoneBegins((string)p.Value),
        Operation.NotStartsWith => MayBeValue && !AllBegin((string)p.Value),
        _ => true,
    };

    /// <summary>Whether the predicate is true for every row; false may be for lack of knowledge.</summary>
    public bool AllMatch(BoundPredicate p) => p.Operation switch
    {
        Operation.IsNull => !MayBeNaN && !MayBeValue,
        _ when MayBeNull => false,
        Operation.NotNull => true,
        Operation.IsNaN => !MayBeValue,
        Operation.NotEqual => !MayBeValue || Outside(p.Value),
        Operation.NotIn => !MayBeValue || !AnyInside(p.Values),
        _ when MayBeNaN => false,
        Operation.NotNaN => true,
        _ when !MayBeValue => true,
        Operation.LessThan => Upper is not null && SingleValue.Compare(Upper, p.Value) < 0,
        Operation.LessThanOrEqual => Upper is not null && SingleValue.Compare(Upper, p.Value) <= 0,
        Operation.GreaterThan => Lower is not null && SingleValue.Compare(Lower, p.Value) > 0,
        Operation.GreaterThanOrEqual => Lower is not null && SingleValue.Compare(Lower, p.Value) >= 0,
        Operation.Equal => IsOnly(p.Value),
        Operation.In => IsOnlyOneOf(p.Values),
        Operation.StartsWith => AllBegin((string)p.Value),
        Operation.NotStartsWith => NoneBegins((string)p.Value),
        _ => false,
    };

    private bool Outside(object value) =>
        (Lower is not null && SingleValue.Compare(value, Lower) < 0) || (Upper is not null && SingleValue.Compare(value, Upper) > 0);

    private bool AnyInside(IReadOnlyList<object> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (!Outside(values[i]))
                return true;
        }

        return false;
    }

    // Bounds may be truncated, but they are bounds: where both are the same value there is no room for another.
    private bool IsOnly(object value) =>
        Lower is not null && Upper is not null && SingleValue.Compare(Lower, value) == 0 && SingleValue.Compare(Upper, value) == 0;

    private bool IsOnlyOneOf(IReadOnlyList<object> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (IsOnly(values[i]))
                return true;
        }

        return false;
    }

    // In the order of code points the texts with a prefix are neighbours, from the prefix itself on.
    private bool NoneBegins(string prefix) =>
        (Upper is string upper && SingleValue.Compare(upper, prefix) < 0)
        || (Lower is string lower && SingleValue.Compare(lower, prefix) > 0 && !lower.StartsWith(prefix, StringComparison.Ordinal));

    private bool AllBegin(string prefix) =>
        prefix.Length == 0 || (Lower is string lower && Upper is string upper && lower.StartsWith(prefix, StringComparison.Ordinal) && upper.StartsWith(prefix, StringComparison.Ordinal));
}
