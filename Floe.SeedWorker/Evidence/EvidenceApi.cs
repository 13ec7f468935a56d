using Floe.SeedWorker.Jobs;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Evidence;

/// <summary><c>GET /api/evidence</c>: the checks that the worker can make, as JSON.</summary>
internal static class EvidenceApi
{
    public static void MapEvidence(this RouteGroupBuilder api) => api.MapGet("/evidence", GetAsync)
        .WithName("getEvidence").WithTags("evidence")
        .WithSummary("Checks the stack by facts: what was compared, both values, pass or fail. With a token for CubeProxy (Authorization) a batch of so many orders (10) is sent on its way to the answer.")
        .Produces<EvidenceReport>().Produces<Problem>(400, JobsApi.ProblemType).Produces<Problem>(409, JobsApi.ProblemType);

    private static async Task<IResult> GetAsync(HttpRequest request, EvidenceRunner runner, IOptions<EvidenceOptions> options, CancellationToken ct)
    {
        var orders = EvidenceRequest.DefaultOrders;
        if (request.Query.TryGetValue("orders", out var text) && !(int.TryParse(text, out orders) && orders is >= GenerateJob.LeastOrders and <= GenerateJob.MostOrders))
            return JobsApi.Invalid(new JobParameterException("orders", $"'{text}'", $"it must be a whole number from {GenerateJob.LeastOrders} to {GenerateJob.MostOrders}"));

        request.HttpContext.Response.Headers.CacheControl = "no-store";
        var given = new EvidenceRequest(Header(EvidenceRequest.TokenHeader), Header(EvidenceRequest.LimitedTokenHeader), Header(EvidenceRequest.ExpiredTokenHeader), orders);
        return await runner.RunAsync(given, ct) is { } report
            ? TypedResults.Json(report, EvidenceJson.Readable.EvidenceReport)
            : JobsApi.Problem(409, "A verification is under way", $"Another verification is under way, and two would disturb each other's counts; ask again when it has ended, within {options.Value.TimeoutSeconds} s.");

        string? Header(string name) => request.Headers[name] is [{ Length: > 0 } value] ? value : null;
    }
}
