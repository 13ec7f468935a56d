namespace Floe.SeedWorker.Transform.Project;

/// <summary>A table that the models read and that others write.</summary>
/// <param name="Source">Name of the source.</param>
/// <param name="Table">Name of the table.</param>
/// <param name="Schema">Schema of the database that has it.</param>
/// <param name="Identifier">Its name there.</param>
public sealed record DbtSource(string Source, string Table, string Schema, string Identifier)
{
    /// <summary>Name of the source of which this one has the rows that came since the last run (<c>meta.arrivals_of</c>), or null when it is a
    /// table of its own.</summary>
    public string? ArrivalsOf { get; init; }

    /// <summary>What its YAML file says about it.</summary>
    internal ModelDocs Docs { get; init; } = ModelDocs.None;
}
