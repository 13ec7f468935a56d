namespace Floe.SeedWorker.Transform.Lineage;

/// <summary>Where the columns of a query come from.</summary>
/// <param name="Columns">Its output columns in order, each with its inputs and how they are in it.</param>
/// <param name="Rows">Inputs that decide which rows there are: joins, filters, groups.</param>
public sealed record QueryLineage(
    IReadOnlyList<KeyValuePair<string, IReadOnlyDictionary<InputColumn, Influence>>> Columns, IReadOnlyDictionary<InputColumn, Influence> Rows)
{
    /// <summary>Inputs of an output column.</summary>
    public IReadOnlyDictionary<InputColumn, Influence> this[string column] => Columns.First(c => c.Key == column).Value;
}
