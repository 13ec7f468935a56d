namespace Floe.Lakehouse.Schemas;

/// <summary>A field of a sort order.</summary>
/// <param name="SourceId">Field id of the source column.</param>
/// <param name="Transform">Transform of the value that is sorted by.</param>
/// <param name="Direction"><c>asc</c> or <c>desc</c>.</param>
/// <param name="NullOrder"><c>nulls-first</c> or <c>nulls-last</c>.</param>
public sealed record SortField(int SourceId, Transform Transform, string Direction, string NullOrder);

/// <summary>A sort order (specification, "Sorting"); order 0 is "unsorted".</summary>
public sealed record SortOrder(int OrderId, IReadOnlyList<SortField> Fields)
{
    /// <summary>The order without fields.</summary>
    public static SortOrder Unsorted { get; } = new(0, []);
}
