using System.Text.Json.Nodes;
using Floe.Emulators.Marquez.Events;
using Floe.Emulators.Marquez.Store;
using Npgsql;

namespace Floe.Emulators.Marquez.Answers;

/// <summary>Datasets and their versions.</summary>
internal sealed class DatasetAnswers(MarquezDatabase database, JobAnswers jobs)
{
    private const string Schema = Fields.Schema;
    private const string Datasets = $"""
        select d.namespace, d.name, d.created_at, d.updated_at, d.facets,
            (select v.version from {Schema}.dataset_versions v where v.namespace = d.namespace and v.name = d.name order by v.created_at desc, v.version limit 1)
        from {Schema}.datasets d
        """;

    private const string Versions = $"select namespace, name, created_at, created_at, facets, version, run_id from {Schema}.dataset_versions";

    public async Task<JsonNode> ListAsync(string ns, Parameters query, CancellationToken ct) => new JsonObject
    {
        ["datasets"] = Fields.Array(await database.Direct.ListAsync($"{Datasets} where d.namespace = $1 order by d.name limit $2 offset $3", Dataset, ct, ns, query.Limit(), query.Offset)),
        ["totalCount"] = await database.Direct.CountAsync($"select count(*) from {Schema}.datasets where namespace = $1", ct, ns),
    };

    public async Task<JsonObject> GetAsync(string ns, string name, CancellationToken ct) =>
        await FindAsync(ns, name, ct) ?? throw MarquezException.NotFound($"Dataset '{name}' not found.");

    public async Task<JsonObject?> FindAsync(string ns, string name, CancellationToken ct) =>
        (await FindAsync([new(NodeKind.Dataset, ns, name)], ct)).Values.FirstOrDefault();

    /// <summary>Those of the datasets that there are.</summary>
    public async Task<IReadOnlyDictionary<NodeId, JsonObject>> FindAsync(IReadOnlyList<NodeId> nodes, CancellationToken ct) =>
        (await database.Direct.ListAsync(
            $"{Datasets} where (d.namespace, d.name) in (select * from unnest($1::text[], $2::text[]))", row => (Id: new NodeId(NodeKind.Dataset, row.GetString(0), row.GetString(1)), Data: Dataset(row)),
            ct, nodes.Select(n => n.Namespace).ToArray(), nodes.Select(n => n.Name).ToArray())).ToDictionary(d => d.Id, d => d.Data);

    /// <summary>Versions, the newest first.</summary>
    public async Task<JsonNode> VersionsAsync(string ns, string name, Parameters query, CancellationToken ct)
    {
        await GetAsync(ns, name, ct);
        var rows = await database.Direct.ListAsync(
            $"{Versions} where namespace = $1 and name = $2 order by created_at desc, version limit $3 offset $4", Version, ct, ns, name, query.Limit(), query.Offset);
        return new JsonObject
        {
            ["versions"] = Fields.Array(await WithRunsAsync(rows, ct)),
            ["totalCount"] = await database.Direct.CountAsync($"select count(*) from {Schema}.dataset_versions where namespace = $1 and name = $2", ct, ns, name),
        };
    }

    public async Task<JsonNode> VersionAsync(string ns, string name, string version, CancellationToken ct)
    {
        if (!Guid.TryParse(version, out var id))
            throw MarquezException.BadRequest($"'{version}' is no version; it must be a UUID");
        var rows = await database.Direct.ListAsync($"{Versions} where namespace = $1 and name = $2 and version = $3", Version, ct, ns, name, id);
        return rows.Count > 0 ? (await WithRunsAsync(rows, ct))[0] : throw MarquezException.NotFound($"Dataset version '{version}' not found.");
    }

    private async Task<IReadOnlyList<JsonObject>> WithRunsAsync(IReadOnlyList<(JsonObject Version, Guid? Run)> versions, CancellationToken ct)
    {
        var runs = await jobs.FindRunsAsync([.. versions.Select(v => v.Run).OfType<Guid>()], ct);
        foreach (var (version, run) in versions)
            version["createdByRun"] = run is { } id ? runs.GetValueOrDefault(id)?.DeepClone() : null;
        return [.. versions.Select(v => v.Version)];
    }

    private static (JsonObject Version, Guid? Run) Version(NpgsqlDataReader row)
    {
        var version = Dataset(row);
        version["version"] = row.GetGuid(5);
        version.Remove("currentVersion");
        version.Remove("updatedAt");
        version.Remove("lastModifiedAt");
        version.Remove("deleted");
        return (version, row.IsDBNull(6) ? null : row.GetGuid(6));
    }

    private static JsonObject Dataset(NpgsqlDataReader row)
    {
        var (ns, name, facets) = (row.GetString(0), row.GetString(1), TimedFacets.Parse(row.GetString(4)));
        var updatedAt = Fields.Time(row.GetDateTime(3));
        return new()
        {
            ["id"] = Fields.Id(ns, name),
            ["type"] = Fields.Text(facets, "datasetType", "datasetType")?.ToUpperInvariant() is "STREAM" or "TOPIC" ? "STREAM" : "DB_TABLE",
            ["name"] = name,
            ["physicalName"] = name,
            ["createdAt"] = Fields.Time(row.GetDateTime(2)),
            ["updatedAt"] = updatedAt,
            ["namespace"] = ns,
            ["sourceName"] = Fields.Text(facets, "dataSource", "name") ?? "default",
            ["fields"] = Fields.Columns(facets),
            ["tags"] = new JsonArray(),
            ["lastModifiedAt"] = updatedAt,
            ["lastLifecycleState"] = Fields.Text(facets, "lifecycleStateChange", "lifecycleStateChange"),
            ["description"] = Fields.Text(facets, "documentation", "description"),
            ["currentVersion"] = row.IsDBNull(5) ? null : row.GetGuid(5),
            ["facets"] = facets.Current,
            ["deleted"] = Fields.Text(facets, "lifecycleStateChange", "lifecycleStateChange") is "DROP",
        };
    }
}
