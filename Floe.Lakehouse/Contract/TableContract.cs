namespace Floe.Lakehouse.Contract;

/// <summary>One table of the shop: where it lives, what it holds, what identifies a row.</summary>
/// <param name="Namespace">Catalog namespace, <c>bronze</c> for raw tables.</param>
/// <param name="Name">Table name.</param>
/// <param name="Key">Name of the column that identifies a row of the truth (duplicates are defects laid over it).</param>
/// <param name="UpdatedAt">Name of the column that orders versions of the same row.</param>
/// <param name="Doc">One sentence for catalog, dbt and lineage.</param>
/// <param name="Columns">Columns in table order; field ids ascend from 1.</param>
public sealed record TableContract(
    string Namespace,
    string Name,
    string Key,
    string UpdatedAt,
    string Doc,
    IReadOnlyList<ColumnContract> Columns)
{
    /// <summary><c>namespace.name</c>, as dbt, lineage and messages write it.</summary>
    public string FullName => $"{Namespace}.{Name}";

    /// <summary>The column of that name.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such column.</exception>
    public ColumnContract Column(string name) =>
        Columns.FirstOrDefault(c => c.Name == name)
        ?? throw new KeyNotFoundException($"Table '{FullName}' has no column '{name}'; it has {string.Join(", ", Columns.Select(c => c.Name))}.");
}
