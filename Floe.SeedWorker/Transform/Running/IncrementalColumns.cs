namespace Floe.SeedWorker.Transform.Running;

/// <summary>Columns of an incremental model and of a run's rows for it.</summary>
/// <param name="Existing">Columns with types of the rows that are there.</param>
/// <param name="New">Columns with types of the run's rows.</param>
public sealed record IncrementalColumns(IReadOnlyList<(string Name, string Type)> Existing, IReadOnlyList<(string Name, string Type)> New)
{
    /// <summary>Columns that only the run has.</summary>
    public IReadOnlyList<(string Name, string Type)> Added => [.. New.Where(n => !Has(Existing, n.Name))];

    /// <summary>Columns that the run lacks.</summary>
    public IReadOnlyList<(string Name, string Type)> Missing => [.. Existing.Where(e => !Has(New, e.Name))];

    /// <summary>All of them.</summary>
    public IReadOnlyList<(string Name, string Type)> All => [.. Existing, .. Added];

    private static bool Has(IReadOnlyList<(string Name, string Type)> columns, string name) => columns.Any(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));
}
