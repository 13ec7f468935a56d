namespace Floe.Tests.Polaris;

/// <summary>Between one of Floe's HTTP clients and a catalog: every exchange is judged by the specifications.</summary>
internal sealed class JudgedHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.Content is { } content && content.Headers.ContentType?.MediaType == "application/json" ? await content.ReadAsStringAsync(cancellationToken) : null;
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var answered = await response.Content.ReadAsStringAsync(cancellationToken);
        await ContractJudge.CheckAsync(new(request.Method.Method, request.RequestUri!.PathAndQuery, asked, (int)response.StatusCode, answered.Length == 0 ? null : answered));
        return response;
    }
}
