namespace Floe.Tests.Lakehouse;

/// <summary>Lets a test disturb requests to the catalog: <paramref name="disturb"/> gets the request and the way to send it on.</summary>
internal sealed class FaultHandler(Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> disturb) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        disturb(request, () => base.SendAsync(request, cancellationToken));

    public static bool IsTableCommit(HttpRequestMessage request, string table) =>
        request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith($"/tables/{table}", StringComparison.Ordinal);

    public static bool IsTransaction(HttpRequestMessage request) =>
        request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/transactions/commit", StringComparison.Ordinal);
}
