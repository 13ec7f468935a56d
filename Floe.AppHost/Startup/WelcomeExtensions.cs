using System.Diagnostics;
using Floe.AppHost.Startup;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>What a person sees when everything is up.</summary>
internal static class WelcomeExtensions
{
    private static readonly TimeSpan s_tokenLifetime = TimeSpan.FromHours(12);

    /// <summary>Prints, once both services are ready, a line to paste with real values, and what to look at.</summary>
    public static void SayWhatToTry(
        this IDistributedApplicationBuilder builder,
        IResourceBuilder<ProjectResource> cubeproxy,
        IResourceBuilder<ProjectResource> seedworker,
        IResourceBuilder<ParameterResource> apiSecret)
    {
        var stack = builder.GetFloeStack();
        var said = 0;
        cubeproxy.OnResourceReady(async (proxy, ready, cancellationToken) =>
        {
            // Ready again after a restart is no news: the address and the token are the same.
            if (Interlocked.Exchange(ref said, 1) != 0)
                return;
            // The proxy is ready when it has data; the worker may still be writing its last lines.
            await ready.Services.GetRequiredService<ResourceNotificationService>().WaitForResourceHealthyAsync(seedworker.Resource.Name, cancellationToken);
            var time = ready.Services.GetRequiredService<TimeProvider>();
            var secret = await apiSecret.Resource.GetValueAsync(cancellationToken)
                ?? throw new DistributedApplicationException($"The parameter '{apiSecret.Resource.Name}' has no value; set Parameters:{apiSecret.Resource.Name}, or delete it from the user secrets to have a new one made.");
            var now = time.GetUtcNow();
            var token = CubeToken.Create(secret, now, now + s_tokenLifetime);
            using var self = Process.GetCurrentProcess();
            var seconds = (time.GetLocalNow() - self.StartTime).TotalSeconds;
            var sql = proxy.GetEndpoint(SqlApiBuilderExtensions.EndpointName);
            var mode = stack.UseContainers ? "containers" : "embedded services";
            await Console.Out.WriteLineAsync(
                $$"""

                Floe is up after {{seconds:0.0}} s on {{mode}} ({{stack.Why}}){{(stack.Data is { } data ? $", data in {data.FullPath}" : "")}}.

                Ask it (the token ends {{(now + s_tokenLifetime).ToLocalTime():yyyy-MM-dd HH:mm}}):
                  CUBEPROXY={{proxy.GetEndpoint("http").Url}}
                  TOKEN={{token}}
                  curl -s "$CUBEPROXY/cubejs-api/v1/load" -H "Authorization: $TOKEN" -G --data-urlencode 'query={"measures":["Orders.count","Orders.total_revenue"],"dimensions":["Orders.status"]}'

                Or in SQL (the password is the parameter cube-sql-password in the dashboard):
                  psql "host={{sql.Host}} port={{sql.Port}} user={{SqlApiBuilderExtensions.User}} dbname=cube" -c "SELECT status, MEASURE(total_revenue) FROM Orders GROUP BY 1 ORDER BY 2 DESC"

                Try next:
                  100 new orders   curl -s -X POST {{seedworker.Resource.GetEndpoint("http").Url}}/api/jobs/generate_orders/runs
                  what can I ask?  curl -s "$CUBEPROXY/cubejs-api/v1/meta" -H "Authorization: $TOKEN"
                  see it work      open the dashboard (link above): Resources, then Traces

                """);
        });
    }
}
