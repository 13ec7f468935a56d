using System.Text.Json.Nodes;

namespace Floe.SeedWorker.Transform.Lineage;

/// <summary>Lineage in the words of OpenLineage's dataset facet <c>columnLineage</c> (1-2-0): <c>fields</c> and <c>dataset</c>.</summary>
public static class ColumnLineageFacet
{
    /// <summary>The facet's <c>fields</c> and <c>dataset</c>; <c>_producer</c> and <c>_schemaURL</c> are the emitter's.</summary>
    /// <param name="lineage">The lineage.</param>
    /// <param name="name">OpenLineage's namespace and name of a dataset (a model's name, or <c>source.table</c>).</param>
    public static JsonObject Of(QueryLineage lineage, Func<string, (string Namespace, string Name)> name) => new()
    {
        ["fields"] = new JsonObject(lineage.Columns.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)new JsonObject { ["inputFields"] = Fields(c.Value, name) }))),
        ["dataset"] = Fields(lineage.Rows, name),
    };

    private static JsonArray Fields(IReadOnlyDictionary<InputColumn, Influence> inputs, Func<string, (string Namespace, string Name)> name) =>
    [
        .. inputs.OrderBy(i => i.Key.ToString(), StringComparer.Ordinal).Select(i =>
        {
            var (space, dataset) = name(i.Key.Dataset);
            return new JsonObject
            {
                ["namespace"] = space,
                ["name"] = dataset,
                ["field"] = i.Key.Column,
                ["transformations"] = new JsonArray(new JsonObject { ["type"] = i.Value >= Influence.Transformation ? "DIRECT" : "INDIRECT", ["subtype"] = Subtype(i.Value), ["description"] = "", ["masking"] = false }),
            };
        }),
    ];

    private static string Subtype(Influence influence) => influence == Influence.GroupBy ? "GROUP_BY" : influence.ToString().ToUpperInvariant();
}
