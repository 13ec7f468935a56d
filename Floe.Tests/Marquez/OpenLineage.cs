using System.Text.Json.Nodes;

namespace Floe.Tests.Marquez;

/// <summary>Events as a client writes them.</summary>
internal static class OpenLineage
{
    public const string Lake = "s3://floe";

    private const string Producer = "https://floe.example/tests";
    private const string Specification = "https://openlineage.io/spec/2-0-2/OpenLineage.json";

    public static JsonObject Run(string type, string time, Guid run, string job, JsonObject[] inputs, JsonObject[] outputs, JsonObject? runFacets = null, JsonObject? jobFacets = null) => new()
    {
        ["eventTime"] = time,
        ["eventType"] = type,
        ["producer"] = Producer,
        ["schemaURL"] = $"{Specification}#/$defs/RunEvent",
        ["run"] = new JsonObject { ["runId"] = run.ToString(), ["facets"] = runFacets ?? [] },
        ["job"] = new JsonObject { ["namespace"] = "floe", ["name"] = job, ["facets"] = jobFacets ?? [] },
        ["inputs"] = new JsonArray([.. inputs]),
        ["outputs"] = new JsonArray([.. outputs]),
    };

    public static JsonObject DatasetEvent(string time, JsonObject dataset) => new()
    {
        ["eventTime"] = time, ["producer"] = Producer, ["schemaURL"] = $"{Specification}#/$defs/DatasetEvent", ["dataset"] = dataset,
    };

    public static JsonObject JobEvent(string time, string job, JsonObject[] inputs, JsonObject[] outputs) => new()
    {
        ["eventTime"] = time,
        ["producer"] = Producer,
        ["schemaURL"] = $"{Specification}#/$defs/JobEvent",
        ["job"] = new JsonObject { ["namespace"] = "floe", ["name"] = job },
        ["inputs"] = new JsonArray([.. inputs]),
        ["outputs"] = new JsonArray([.. outputs]),
    };

    public static JsonObject Dataset(string name, params (string Name, JsonObject Facet)[] facets)
    {
        var dataset = new JsonObject { ["namespace"] = Lake, ["name"] = name };
        if (facets.Length > 0)
            dataset["facets"] = new JsonObject(facets.Select(facet => KeyValuePair.Create(facet.Name, (JsonNode?)facet.Facet)));
        return dataset;
    }

    public static (string, JsonObject) Schema(params (string Name, string Type)[] columns) => ("schema", Facet("SchemaDatasetFacet", "1-2-0", new()
    {
        ["fields"] = new JsonArray([.. columns.Select(column => new JsonObject { ["name"] = column.Name, ["type"] = column.Type })]),
    }));

    /// <summary>Columns from columns, as <c>"revenue: silver.items.subtotal"</c>.</summary>
    public static (string, JsonObject) Columns(params string[] lineage) => ("columnLineage", Facet("ColumnLineageDatasetFacet", "1-2-0", new()
    {
        ["fields"] = new JsonObject(lineage.Select(line => line.Split(": ")).GroupBy(parts => parts[0], parts => parts[1]).Select(field => KeyValuePair.Create(
            field.Key,
            (JsonNode?)new JsonObject
            {
                ["inputFields"] = new JsonArray([.. field.Select(input => new JsonObject
                {
                    ["namespace"] = Lake, ["name"] = input[..input.LastIndexOf('.')], ["field"] = input[(input.LastIndexOf('.') + 1)..],
                })]),
            }))),
    }));

    public static JsonObject Facet(string name, string version, JsonObject content)
    {
        content["_producer"] = Producer;
        content["_schemaURL"] = $"https://openlineage.io/spec/facets/{version}/{name}.json#/$defs/{name}";
        return content;
    }
}
