namespace Floe.Lakehouse.Schemas;

/// <summary>Builds the sort order that replaces a table's (specification, "Sorting"): rows of new files are ordered by the first field, then the next.
/// Without any field the table is unsorted. Files that are there stay as they are.</summary>
public sealed class ReplaceSortOrder
{
    private readonly Schema schema;
    private readonly IReadOnlyList<SortOrder> orders;
    private readonly List<SortField> fields = [];

    /// <summary>Begins without fields.</summary>
    /// <param name="schema">Schema that the columns are found in.</param>
    /// <param name="orders">The table's sort orders: one with the same fields keeps its id.</param>
    public ReplaceSortOrder(Schema schema, IReadOnlyList<SortOrder>? orders = null) => (this.schema, this.orders) = (schema, orders ?? []);

    /// <summary>Then by this column, smallest first.</summary>
    /// <param name="column">Name of the column; a field of a struct by its path.</param>
    /// <param name="nullsLast">Where nulls go.</param>
    /// <param name="transform">Sorts by the transform of the value instead of the value.</param>
    public ReplaceSortOrder Asc(string column, bool nullsLast = false, Transform? transform = null) => Add(column, "asc", nullsLast, transform);

    /// <summary>Then by this column, greatest first.</summary>
    /// <param name="column">Name of the column; a field of a struct by its path.</param>
    /// <param name="nullsLast">Where nulls go.</param>
    /// <param name="transform">Sorts by the transform of the value instead of the value.</param>
    public ReplaceSortOrder Desc(string column, bool nullsLast = true, Transform? transform = null) => Add(column, "desc", nullsLast, transform);

    /// <summary>The order: an earlier one of the table with the same fields, else one under the next free id; <see cref="SortOrder.Unsorted"/> without fields.</summary>
    public SortOrder Apply() => fields.Count == 0 ? SortOrder.Unsorted
        : orders.FirstOrDefault(o => o.Fields.SequenceEqual(fields))
        ?? new SortOrder(orders.Select(o => o.OrderId).Append(SortOrder.Unsorted.OrderId).Max() + 1, [.. fields]);

    private ReplaceSortOrder Add(string column, string direction, bool nullsLast, Transform? transform)
    {
        var field = schema.FindPath(column)
            ?? throw new ValidationException($"The schema has no column '{column}' to sort by; it has {string.Join(", ", schema.Fields.Select(f => f.Name))}.");
        transform ??= Transform.Identity;
        if (field.Type is not PrimitiveType type || !transform.CanApply(type))
            throw new ValidationException($"The column '{column}' is {field.Type}: rows cannot be sorted by its {transform}.");
        fields.Add(new SortField(field.Id, transform, direction, nullsLast ? "nulls-last" : "nulls-first"));
        return this;
    }
}
