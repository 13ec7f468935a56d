namespace Floe.SeedWorker.Transform.Lineage;

/// <summary>A column that something is made from.</summary>
/// <param name="Dataset">The model, or the source's table as <c>source.table</c>.</param>
/// <param name="Column">The column.</param>
public readonly record struct InputColumn(string Dataset, string Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Dataset}.{Column}";
}
