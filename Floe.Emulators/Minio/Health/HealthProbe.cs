using Microsoft.AspNetCore.Http;

namespace Floe.Emulators.Minio.Health;

/// <summary>MinIO's probes. The store listens only after its index is read, so an answer means live and ready alike.</summary>
internal static class HealthProbe
{
    public static bool Matches(HttpRequest request) =>
        request.Path.Value is "/minio/health/live" or "/minio/health/ready" or "/minio/health/cluster" or "/minio/health/cluster/read"
        && request.Method is "GET" or "HEAD";

    public static Task AnswerAsync(HttpResponse response)
    {
        response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
