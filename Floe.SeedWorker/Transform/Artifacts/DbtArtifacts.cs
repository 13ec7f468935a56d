using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.SeedWorker.Transform.Lineage;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;

namespace Floe.SeedWorker.Transform.Artifacts;

/// <summary><c>manifest.json</c> and <c>run_results.json</c> with dbt's field names (schemas manifest/v12 and run-results/v6; what the project has of
/// them), and column lineage beside each model's columns.</summary>
public static class DbtArtifacts
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Name of the file about the project.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>Name of the file about a run.</summary>
    public const string RunResultsFile = "run_results.json";

    /// <summary>Writes a document to a folder, whole or not at all.</summary>
    public static Task WriteAsync(string folder, string file, JsonObject document, CancellationToken ct) => WriteAsync([folder], file, document, ct);

    /// <summary>As the other overload, to several folders.</summary>
    public static async Task WriteAsync(IReadOnlyList<string> folders, string file, JsonObject document, CancellationToken ct)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(document, s_json);
        foreach (var folder in folders)
        {
            Directory.CreateDirectory(folder);
            var partial = Path.Combine(folder, $".{file}.{Guid.NewGuid():N}");
            await File.WriteAllBytesAsync(partial, bytes, ct);
            File.Move(partial, Path.Combine(folder, file), overwrite: true);
        }
    }

    /// <summary>What the project is.</summary>
    public static JsonObject Manifest(DbtProject project, ProjectLineage? lineage, string invocation, DateTimeOffset now)
    {
        var graph = new NodeGraph(project);
        var scope = new RelationScope(project, new Dictionary<string, string>());
        var ids = project.Models.ToDictionary(m => m.Name, m => NodeGraph.ModelId(project.Name, m.Name));
        var nodes = new JsonObject();
        foreach (var node in graph.InOrder)
            nodes[node.UniqueId] = node.Model is { } model ? Model(project, node, model, scope, lineage) : Test(project, node, node.Test!, scope);
        return new JsonObject
        {
            ["metadata"] = Metadata("manifest/v12", project, invocation, now),
            ["nodes"] = nodes,
            ["sources"] = Map(graph.All.Where(n => n.Source is not null), n => Source(project, n)),
            ["exposures"] = Map(graph.All.Where(n => n.Exposure is not null), n => new JsonObject
            {
                ["unique_id"] = n.UniqueId,
                ["resource_type"] = "exposure",
                ["name"] = n.Name,
                ["type"] = n.Exposure!.Type,
                ["description"] = n.Exposure.Description,
                ["owner"] = new JsonObject { ["name"] = n.Exposure.Owner },
                ["original_file_path"] = n.File,
                ["depends_on"] = DependsOn(n),
            }),
            ["parent_map"] = Map(graph.All, n => Texts(n.Parents)),
            ["child_map"] = Map(graph.All, n => Texts(graph.Children(n.UniqueId).Order(StringComparer.Ordinal))),
        };
    }

    /// <summary>What a run did.</summary>
    public static JsonObject RunResults(DbtProject project, DbtResults results, string invocation, JsonObject args, DateTimeOffset now) => new()
    {
        ["metadata"] = Metadata("run-results/v6", project, invocation, now),
        ["results"] = new JsonArray([.. results.Nodes.Select(Result)]),
        ["elapsed_time"] = Seconds(results.Elapsed),
        ["args"] = args,
    };

    private static JsonObject Result(NodeResult node)
    {
        var started = node.StartedAt.UtcDateTime;
        return new JsonObject
        {
            ["status"] = node.Status.ToString().ToLowerInvariant(),
            ["timing"] = node.Status == NodeStatus.Skipped ? new JsonArray() : new JsonArray(new JsonObject { ["name"] = "execute", ["started_at"] = Time(started), ["completed_at"] = Time(started + node.Elapsed) }),
            ["thread_id"] = "Thread-1",
            ["execution_time"] = Seconds(node.Elapsed),
            ["adapter_response"] = node.Rows is { } rows ? new JsonObject { ["rows_affected"] = rows } : new JsonObject(),
            ["message"] = node.Message,
            ["failures"] = node.IsTest && node.Status is NodeStatus.Pass or NodeStatus.Fail ? node.FailingRows : null,
            ["unique_id"] = node.UniqueId,
            ["compiled"] = node.CompiledSql is not null,
            ["compiled_code"] = node.CompiledSql,
        };
    }

    private static JsonObject Model(DbtProject project, DbtNode node, DbtModel model, RelationScope scope, ProjectLineage? lineage)
    {
        var json = Common(project, node, model.Template.Text, scope.Query(model, incremental: false));
        json["alias"] = model.Name;
        json["relation_name"] = model.Materialized == Materialization.Ephemeral ? null : RelationScope.Relation(model.Name);
        json["description"] = model.Docs.Description;
        json["patch_path"] = model.Docs.File;
        json["tags"] = Texts(model.Config.Tags);
        json["config"] = new JsonObject
        {
            ["enabled"] = true,
            ["materialized"] = model.Materialized.ToString().ToLowerInvariant(),
            ["incremental_strategy"] = model.Materialized != Materialization.Incremental ? null : model.Config.Strategy switch
            {
                IncrementalStrategy.Append => "append",
                IncrementalStrategy.Merge => "merge",
                _ => "delete+insert",
            },
            ["unique_key"] = model.Config.UniqueKey switch { [] => null, [var only] => only, var all => Texts(all) },
            ["incremental_predicates"] = model.Config.IncrementalPredicates.Count == 0 ? null : Texts(model.Config.IncrementalPredicates),
            ["on_schema_change"] = model.Config.OnSchemaChange == SchemaChange.Fail ? "fail" : "append_new_columns",
            ["tags"] = Texts(model.Config.Tags),
            ["meta"] = JsonSerializer.SerializeToNode(model.Config.Meta),
        };
        json["refs"] = new JsonArray([.. model.Template.Refs.Keys.Select(r => new JsonObject { ["name"] = r })]);
        json["sources"] = new JsonArray([.. model.Template.Sources.Keys.Select(s => Texts([s.Source, s.Table]))]);
        var known = lineage?.Models.GetValueOrDefault(model.Name);
        var columns = new JsonObject();
        foreach (var name in known?.Columns.Select(c => c.Key) ?? model.Docs.Columns.Keys)
            columns[name] = new JsonObject { ["name"] = name, ["description"] = model.Docs.Columns.GetValueOrDefault(name, "") };
        json["columns"] = columns;
        if (known is not null)
            json["column_lineage"] = ColumnLineageFacet.Of(known, d => (project.Name, d));
        else if (lineage?.Unknown.GetValueOrDefault(model.Name) is { } why)
            json["column_lineage_error"] = why;
        return json;
    }

    private static JsonObject Test(DbtProject project, DbtNode node, DbtTest test, RelationScope scope)
    {
        var json = Common(project, node, test is SingularTest own ? own.Template.Text : "", scope.Query(test));
        if (test is ColumnTest column)
        {
            json["column_name"] = column.Column;
            json["test_metadata"] = new JsonObject
            {
                ["name"] = column.Kind,
                ["kwargs"] = new JsonObject(new[] { KeyValuePair.Create("column_name", (JsonNode?)column.Column) }
                    .Concat(column.Values.Count > 0 ? [KeyValuePair.Create("values", (JsonNode?)Texts(column.Values))] : [])
                    .Concat(column.ToModel is { } to ? [KeyValuePair.Create("to", (JsonNode?)$"ref('{to}')"), KeyValuePair.Create("field", (JsonNode?)column.Field)] : [])),
            };
            json["attached_node"] = column.Model is { } model ? NodeGraph.ModelId(project.Name, model) : null;
        }

        return json;
    }

    private static JsonObject Source(DbtProject project, DbtNode node) => new()
    {
        ["unique_id"] = node.UniqueId,
        ["resource_type"] = "source",
        ["package_name"] = project.Name,
        ["source_name"] = node.Source!.Source,
        ["name"] = node.Source.Table,
        ["schema"] = node.Source.Schema,
        ["identifier"] = node.Source.Identifier,
        ["relation_name"] = RelationScope.Relation(node.Source),
        ["original_file_path"] = node.File,
        ["description"] = node.Source.Docs.Description,
        ["columns"] = new JsonObject(node.Source.Docs.Columns.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)new JsonObject { ["name"] = c.Key, ["description"] = c.Value }))),
    };

    private static JsonObject Common(DbtProject project, DbtNode node, string raw, string compiled) => new()
    {
        ["unique_id"] = node.UniqueId,
        ["resource_type"] = node.ResourceType,
        ["name"] = node.Name,
        ["package_name"] = project.Name,
        ["path"] = node.File[(node.File.IndexOf('/', StringComparison.Ordinal) + 1)..],
        ["original_file_path"] = node.File,
        ["fqn"] = Texts(node.FullName),
        ["database"] = "memory",
        ["schema"] = "main",
        ["checksum"] = new JsonObject { ["name"] = "sha256", ["checksum"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(raw))) },
        ["language"] = "sql",
        ["raw_code"] = raw,
        ["compiled"] = true,
        ["compiled_code"] = compiled,
        ["depends_on"] = DependsOn(node),
    };

    private static JsonObject DependsOn(DbtNode node) => new() { ["macros"] = new JsonArray(), ["nodes"] = Texts(node.Parents) };

    private static JsonObject Metadata(string schema, DbtProject project, string invocation, DateTimeOffset now) => new()
    {
        ["dbt_schema_version"] = $"https://schemas.getdbt.com/dbt/{schema}.json",
        ["generated_at"] = Time(now.UtcDateTime),
        ["invocation_id"] = invocation,
        ["project_name"] = project.Name,
        ["adapter_type"] = "duckdb",
        ["generator"] = "Floe.SeedWorker",
    };

    private static JsonObject Map(IEnumerable<DbtNode> nodes, Func<DbtNode, JsonNode> value) => new(nodes.Select(n => KeyValuePair.Create(n.UniqueId, (JsonNode?)value(n))));

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => JsonValue.Create(t))]);

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 6);
}
