namespace Floe.CubeProxy.Upstream;

/// <summary>An error of Cube that is the caller's, to be passed on as it is.</summary>
internal sealed class UpstreamRefusal(int status, string? contentType, ReadOnlyMemory<byte> body) : Exception($"Cube answered {status}.")
{
    public async Task SendAsync(HttpContext http)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
