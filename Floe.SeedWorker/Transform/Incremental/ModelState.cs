using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Tables;

namespace Floe.SeedWorker.Transform.Incremental;

/// <summary>What the rows of a landed model were built from. It is in the summary of the snapshot that brought them, so that rows and record cannot
/// disagree, whenever a run is cut off.</summary>
/// <param name="Sources">Snapshot of each source's table, null for a table that had none.</param>
/// <param name="Definition">The model's definition, see <see cref="Running.ModelDefinitions"/>.</param>
internal sealed record ModelState(IReadOnlyDictionary<string, long?> Sources, string? Definition)
{
    public const string SourcesKey = "floe.sources";
    public const string DefinitionKey = "floe.definition";

    public string SourcesText => new JsonObject(Sources.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))).ToJsonString();

    /// <summary>The state of a table, or why it has none that can be built upon.</summary>
    public static (ModelState? State, string? Why) Of(Table table)
    {
        var byId = table.Metadata.Snapshots.ToDictionary(s => s.SnapshotId);
        for (var at = table.Metadata.CurrentSnapshot; at is not null; at = Parent(at))
        {
            if (at.Summary.GetValueOrDefault(SourcesKey) is { } sources)
                return (new ModelState(Read(sources), at.Summary.GetValueOrDefault(DefinitionKey)), null);
            // Compaction writes the same rows anew; whatever else others did to the table is not known.
            if (at.Operation != "replace")
                return (null, $"{table.Identifier} was changed by somebody else (snapshot {at.SnapshotId}, {at.Operation})");
            if (Parent(at) is null)
                return (null, $"the snapshots of {table.Identifier} from before its compaction have expired");
        }

        return (null, $"{table.Identifier} is empty");

        Snapshot? Parent(Snapshot snapshot) => snapshot.ParentSnapshotId is { } parent ? byId.GetValueOrDefault(parent) : null;
    }

    private static Dictionary<string, long?> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(
            p => p.Name, p => p.Value.ValueKind == JsonValueKind.Null ? null : (long?)p.Value.GetInt64(), StringComparer.Ordinal);
    }
}
