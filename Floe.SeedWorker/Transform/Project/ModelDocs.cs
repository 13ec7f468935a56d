namespace Floe.SeedWorker.Transform.Project;

/// <summary>What a YAML file says about a model or a source's table.</summary>
/// <param name="File">The file, or null when none does.</param>
/// <param name="Description">For people.</param>
/// <param name="Columns">Descriptions of columns, by name.</param>
internal sealed record ModelDocs(string? File, string Description, IReadOnlyDictionary<string, string> Columns)
{
    /// <summary>DuckDB's types of the columns (<c>data_type</c>), by name; of those whose type is told.</summary>
    public IReadOnlyDictionary<string, string> Types { get; init; } = new Dictionary<string, string>();

    public static ModelDocs None { get; } = new(null, "", new Dictionary<string, string>());
}
