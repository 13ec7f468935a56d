using Npgsql;

namespace Floe.SeedWorker.Jobs;

/// <summary>Answers 503 when the database of runs fails; the reason, which is nothing for clients, goes to the log.</summary>
internal sealed class RunStoreOutage(ILogger<RunStoreOutage> log) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (NpgsqlException e)
        {
            log.LogError("{Method} {Path}: the database of runs failed: {Reason}", context.HttpContext.Request.Method, context.HttpContext.Request.Path, e.Message);
            return JobsApi.Problem(503, "Run store not available", "The database of runs does not answer; nothing was started. Try again in a moment.");
        }
    }
}
