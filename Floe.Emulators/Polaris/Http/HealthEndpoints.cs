using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Bootstrap;
using Floe.Emulators.Polaris.Store;
using Npgsql;

namespace Floe.Emulators.Polaris.Http;

/// <summary><c>/q/health/live</c>, <c>/q/health/ready</c> and both as <c>/q/health</c>, in the shape of MicroProfile Health.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public static async Task HandleAsync(HttpContext http)
    {
        switch (http.Request.Path.Value)
        {
            case "/q/health/live":
                await WriteAsync(http, true, []);
                break;
            case "/q/health/ready" or "/q/health":
                var problem = await DatabaseProblemAsync(http);
                await WriteAsync(http, problem is null, [Check(problem)]);
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private static async Task<string?> DatabaseProblemAsync(HttpContext http)
    {
        if (!http.RequestServices.GetRequiredService<RealmStartup>().Done)
            return "the database has not answered yet";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(s_patience);
        try
        {
            await using var command = http.RequestServices.GetRequiredService<PolarisDatabase>().Direct.Command("select $1");
            await command.ExecuteScalarAsync(patience.Token);
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            return "the database does not answer";
        }
    }

    private static JsonNode Check(string? problem)
    {
        var check = new JsonObject { ["name"] = "Database connections health check", ["status"] = problem is null ? "UP" : "DOWN" };
        if (problem is not null)
            check["data"] = new JsonObject { ["<default>"] = problem };
        return check;
    }

    private static Task WriteAsync(HttpContext http, bool up, JsonArray checks) =>
        http.WriteJsonAsync(up ? 200 : 503, new JsonObject { ["status"] = up ? "UP" : "DOWN", ["checks"] = checks });
}
