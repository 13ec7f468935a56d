using System.Text.Json.Nodes;
using Floe.Emulators.Marquez.Events;
using Floe.Emulators.Marquez.Store;
using Npgsql;

namespace Floe.Emulators.Marquez.Answers;

/// <summary>The graph of jobs and datasets, the graph of columns, and the search for their nodes.</summary>
internal sealed class GraphAnswers(MarquezDatabase database, JobAnswers jobs, DatasetAnswers datasets)
{
    private const string Schema = Fields.Schema;
    private const int DefaultDepth = 20;
    private const int LargestDepth = 100;
    private const int DefaultFound = 10;

    private sealed record Edge(NodeId Origin, NodeId Destination);

    public async Task<JsonNode> LineageAsync(Parameters query, CancellationToken ct)
    {
        var (start, depth) = (NodeId.Parse(query.Required("nodeId")), Depth(query));
        if (start.Kind == NodeKind.DatasetField)
            throw MarquezException.BadRequest($"The node '{start}' is a column; ask column-lineage for it");
        var (nodes, edges) = await WalkAsync([start], depth, JobEdgesAsync, ct);
        var found = (await jobs.FindAsync([.. nodes.Where(n => n.Kind == NodeKind.Job)], ct))
            .Concat(await datasets.FindAsync([.. nodes.Where(n => n.Kind == NodeKind.Dataset)], ct)).ToDictionary();
        if (!found.ContainsKey(start))
            throw MarquezException.NotFound($"Node '{start}' not found.");
        return new JsonObject
        {
            ["graph"] = Fields.Array(found.OrderBy(n => n.Key.ToString(), StringComparer.Ordinal).Select(n => Describe(n.Key, n.Key.Kind == NodeKind.Job ? "JOB" : "DATASET", n.Value, edges))),
        };
    }

    /// <summary>From a column, or from all columns of a dataset or of a job's outputs, upstream; with <c>withDownstream</c> both ways.</summary>
    public async Task<JsonNode> ColumnLineageAsync(Parameters query, CancellationToken ct)
    {
        var (start, depth) = (NodeId.Parse(query.Required("nodeId")), Depth(query));
        var starts = await ColumnsOfAsync(start, ct);
        if (starts.Count == 0)
            throw MarquezException.NotFound($"Node '{start}' not found, or no event has told its columns.");
        var both = query.Flag("withDownstream");
        var (nodes, edges) = await WalkAsync(starts, depth, (frontier, token) => ColumnEdgesAsync(frontier, both, token), ct);
        var facets = await FacetsAsync([.. nodes], ct);
        var graph = new List<JsonNode>();
        foreach (var node in nodes.OrderBy(n => n.ToString(), StringComparer.Ordinal))
        {
            var of = facets.GetValueOrDefault((node.Namespace, node.Name)) ?? TimedFacets.Parse(null);
            var lineage = of["columnLineage"]?["fields"]?[node.Field!] as JsonObject;
            var data = new JsonObject
            {
                ["namespace"] = node.Namespace,
                ["dataset"] = node.Name,
                ["field"] = node.Field,
                ["fieldType"] = Fields.Columns(of).OfType<JsonObject>().FirstOrDefault(column => column["name"]?.ToString() == node.Field)?["type"]?.DeepClone(),
                ["transformationDescription"] = lineage?["transformationDescription"]?.DeepClone(),
                ["transformationType"] = lineage?["transformationType"]?.DeepClone(),
                ["inputFields"] = Fields.Array(edges.Where(e => e.Destination == node)
                    .Select(e => new JsonObject { ["namespace"] = e.Origin.Namespace, ["dataset"] = e.Origin.Name, ["field"] = e.Origin.Field })),
            };
            graph.Add(Describe(node, "DATASET_FIELD", data, edges));
        }

        return new JsonObject { ["graph"] = Fields.Array(graph) };
    }

    /// <summary>Jobs and datasets whose name holds the words, whatever their case.</summary>
    public async Task<JsonNode> SearchAsync(Parameters query, CancellationToken ct)
    {
        var filter = query.Text("filter")?.ToUpperInvariant();
        if (filter is not (null or "JOB" or "DATASET"))
            throw MarquezException.BadRequest($"The parameter filter={filter} must be JOB or DATASET");
        var sort = query.Text("sort")?.ToUpperInvariant() switch
        {
            null or "NAME" => "name, kind, namespace",
            "UPDATE_AT" or "UPDATED_AT" => "updated_at desc, name, kind, namespace",
            var other => throw MarquezException.BadRequest($"The parameter sort={other} must be NAME or UPDATE_AT"),
        };
        const string Found = $"""
            from (select 'JOB' as kind, namespace, name, updated_at from {Schema}.jobs
                  union all select 'DATASET', namespace, name, updated_at from {Schema}.datasets) nodes
            where position(lower($1) in lower(name)) > 0 and ($2::text is null or kind = $2) and ($3::text is null or namespace = $3)
            """;
        object?[] values = [query.Required("q"), filter, query.Text("namespace")];
        return new JsonObject
        {
            ["totalCount"] = await database.Direct.CountAsync($"select count(*) {Found}", ct, values),
            ["results"] = Fields.Array(await database.Direct.ListAsync($"select kind, namespace, name, updated_at {Found} order by {sort} limit $4", Result, ct, [.. values, query.Limit(DefaultFound)])),
        };
    }

    private static JsonObject Result(NpgsqlDataReader row)
    {
        var (kind, ns, name) = (row.GetString(0), row.GetString(1), row.GetString(2));
        return new()
        {
            ["type"] = kind,
            ["name"] = name,
            ["updatedAt"] = Fields.Time(row.GetDateTime(3)),
            ["namespace"] = ns,
            ["nodeId"] = new NodeId(kind == "JOB" ? NodeKind.Job : NodeKind.Dataset, ns, name).ToString(),
        };
    }

    private static int Depth(Parameters query) => query.Number("depth", DefaultDepth, 0, LargestDepth);

    private static JsonObject Describe(NodeId node, string type, JsonObject data, IReadOnlyCollection<Edge> edges) => new()
    {
        ["id"] = node.ToString(),
        ["type"] = type,
        ["data"] = data,
        ["inEdges"] = Fields.Array(edges.Where(e => e.Destination == node).Select(Describe)),
        ["outEdges"] = Fields.Array(edges.Where(e => e.Origin == node).Select(Describe)),
    };

    private static JsonObject Describe(Edge edge) => new() { ["origin"] = edge.Origin.ToString(), ["destination"] = edge.Destination.ToString() };

    /// <summary>Breadth first, a query per step.</summary>
    private static async Task<(HashSet<NodeId> Nodes, HashSet<Edge> Edges)> WalkAsync(
        IReadOnlyList<NodeId> starts, int depth, Func<IReadOnlyList<NodeId>, CancellationToken, Task<List<Edge>>> edgesOf, CancellationToken ct)
    {
        var nodes = starts.ToHashSet();
        var edges = new HashSet<Edge>();
        IReadOnlyList<NodeId> frontier = starts;
        for (var step = 0; step < depth && frontier.Count > 0; step++)
        {
            var found = await edgesOf(frontier, ct);
            edges.UnionWith(found);
            frontier = [.. found.SelectMany(edge => (NodeId[])[edge.Origin, edge.Destination]).Distinct().Where(nodes.Add)];
        }

        return (nodes, edges);
    }

    private Task<List<Edge>> JobEdgesAsync(IReadOnlyList<NodeId> nodes, CancellationToken ct)
    {
        var (jobNodes, datasetNodes) = (nodes.Where(n => n.Kind == NodeKind.Job).ToList(), nodes.Where(n => n.Kind == NodeKind.Dataset).ToList());
        return database.Direct.ListAsync(
            $"""
            select job_namespace, job_name, dataset_namespace, dataset_name, is_output from {Schema}.current_io
            where (job_namespace, job_name) in (select * from unnest($1::text[], $2::text[])) or (dataset_namespace, dataset_name) in (select * from unnest($3::text[], $4::text[]))
            """,
            r =>
            {
                NodeId job = new(NodeKind.Job, r.GetString(0), r.GetString(1)), dataset = new(NodeKind.Dataset, r.GetString(2), r.GetString(3));
                return r.GetBoolean(4) ? new Edge(job, dataset) : new Edge(dataset, job);
            },
            ct, Namespaces(jobNodes), Names(jobNodes), Namespaces(datasetNodes), Names(datasetNodes));
    }

    /// <param name="both">Also the edges out of the nodes, not only those into them.</param>
    private Task<List<Edge>> ColumnEdgesAsync(IReadOnlyList<NodeId> nodes, bool both, CancellationToken ct) => database.Direct.ListAsync(
        $"""
        select namespace, dataset, field, input_namespace, input_dataset, input_field from {Schema}.column_edges
        where (namespace, dataset, field) in (select * from unnest($1::text[], $2::text[], $3::text[]))
           or ($4 and (input_namespace, input_dataset, input_field) in (select * from unnest($1::text[], $2::text[], $3::text[])))
        """,
        r => new Edge(new(NodeKind.DatasetField, r.GetString(3), r.GetString(4), r.GetString(5)), new(NodeKind.DatasetField, r.GetString(0), r.GetString(1), r.GetString(2))),
        ct, Namespaces(nodes), Names(nodes), nodes.Select(n => n.Field!).ToArray(), both);

    private async Task<List<NodeId>> ColumnsOfAsync(NodeId node, CancellationToken ct)
    {
        List<NodeId> tables = node.Kind == NodeKind.Job
            ? await database.Direct.ListAsync(
                $"select dataset_namespace, dataset_name from {Schema}.current_io where job_namespace = $1 and job_name = $2 and is_output",
                r => new NodeId(NodeKind.Dataset, r.GetString(0), r.GetString(1)), ct, node.Namespace, node.Name)
            : [node];
        var columns = new List<NodeId>();
        var known = await FacetsAsync(tables, ct);
        foreach (var table in tables)
        {
            var facets = known.GetValueOrDefault((table.Namespace, table.Name)) ?? TimedFacets.Parse(null);
            var lineage = facets["columnLineage"]?["fields"] as JsonObject ?? [];
            var names = Fields.Columns(facets).Select(column => column!["name"]?.ToString()).OfType<string>().Union(lineage.Select(field => field.Key));
            columns.AddRange(names.Where(name => table.Field is null || name == table.Field).Select(name => new NodeId(NodeKind.DatasetField, table.Namespace, table.Name, name)));
        }

        return columns;
    }

    private async Task<Dictionary<(string Namespace, string Name), TimedFacets>> FacetsAsync(IReadOnlyList<NodeId> nodes, CancellationToken ct) => (await database.Direct.ListAsync(
        $"select namespace, name, facets from {Schema}.datasets where (namespace, name) in (select * from unnest($1::text[], $2::text[]))",
        r => (Id: (r.GetString(0), r.GetString(1)), Facets: TimedFacets.Parse(r.GetString(2))), ct, Namespaces(nodes), Names(nodes))).ToDictionary(d => d.Id, d => d.Facets);

    private static string[] Namespaces(IReadOnlyList<NodeId> nodes) => [.. nodes.Select(n => n.Namespace)];

    private static string[] Names(IReadOnlyList<NodeId> nodes) => [.. nodes.Select(n => n.Name)];
}
