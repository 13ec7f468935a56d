using System.Text.Json.Nodes;
using Floe.Emulators.Marquez.Answers;
using Floe.Emulators.Marquez.Events;
using Floe.Emulators.Marquez.Store;
using Microsoft.AspNetCore.Http.Features;

namespace Floe.Emulators.Marquez;

/// <summary>
/// The API by method and path. Names hold slashes and colons (<c>s3%3A%2F%2Flake</c>), which ASP.NET Core's routing does not decode, so that
/// the segments are taken from the request line.
/// </summary>
internal sealed class MarquezRoutes(EventIntake intake, JobAnswers jobs, DatasetAnswers datasets, GraphAnswers graphs, EventAnswers events)
{
    private const string Base = "/api/v1/";

    public async Task HandleAsync(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?', 2)[0];
        if (!path.StartsWith(Base, StringComparison.Ordinal))
            throw NoSuchRoute(http);
        string[] segments = [.. path[Base.Length..].TrimEnd('/').Split('/').Select(Uri.UnescapeDataString)];
        if (HttpMethods.IsPost(http.Request.Method) && segments is ["lineage"])
        {
            await intake.ReceiveAsync(await LineageEvent.ReadAsync(http.Request.Body, http.RequestAborted), http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status201Created;
            return;
        }

        if (!HttpMethods.IsGet(http.Request.Method))
            throw NoSuchRoute(http);
        await http.WriteJsonAsync(200, await AnswerAsync(segments, http, new(http.Request.Query), http.RequestAborted));
    }

    private async Task<JsonNode> AnswerAsync(string[] segments, HttpContext http, Parameters query, CancellationToken ct) => segments switch
    {
        ["namespaces"] => await jobs.NamespacesAsync(query, ct),
        ["namespaces", var ns] => await jobs.NamespaceAsync(ns, ct),
        ["jobs"] => await jobs.ListAsync(null, query, ct),
        ["jobs", "runs", var id] => await jobs.RunAsync(Run(id), ct),
        ["jobs", "runs", var id, "facets"] => await jobs.RunFacetsAsync(Run(id), query, ct),
        ["namespaces", var ns, "jobs"] => await jobs.ListAsync(ns, query, ct),
        ["namespaces", var ns, "jobs", var job] => await jobs.GetAsync(ns, job, ct),
        ["namespaces", var ns, "jobs", var job, "runs"] => await jobs.RunsAsync(ns, job, query, ct),
        ["namespaces", var ns, "datasets"] => await datasets.ListAsync(ns, query, ct),
        ["namespaces", var ns, "datasets", var dataset] => await datasets.GetAsync(ns, dataset, ct),
        ["namespaces", var ns, "datasets", var dataset, "versions"] => await datasets.VersionsAsync(ns, dataset, query, ct),
        ["namespaces", var ns, "datasets", var dataset, "versions", var version] => await datasets.VersionAsync(ns, dataset, version, ct),
        ["lineage"] => await graphs.LineageAsync(query, ct),
        ["column-lineage"] => await graphs.ColumnLineageAsync(query, ct),
        ["search"] => await graphs.SearchAsync(query, ct),
        ["events", "lineage"] => await events.ListAsync(query, ct),
        _ => throw NoSuchRoute(http),
    };

    private static Guid Run(string id) =>
        Guid.TryParse(id, out var run) ? run : throw MarquezException.BadRequest($"'{id}' is no run id; it must be a UUID");

    private static MarquezException NoSuchRoute(HttpContext http) =>
        MarquezException.NotFound($"{http.Request.Method} {http.Request.Path} is not an endpoint of this server; Floe.Emulators marquez --help lists what is");
}
