namespace Floe.Lakehouse.Expressions;

/// <summary>What a predicate asks of a column.</summary>
public enum Operation
{
    Equal,
    NotEqual,
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    NotIn,
    IsNull,
    NotNull,
    IsNaN,
    NotNaN,
    StartsWith,
    NotStartsWith,
}
