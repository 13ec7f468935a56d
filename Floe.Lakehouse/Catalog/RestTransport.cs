using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Floe.ServiceDefaults.Http;

namespace Floe.Lakehouse.Catalog;

/// <summary>An answer of the catalog.</summary>
internal sealed record RestAnswer(HttpStatusCode Status, byte[] Body, string? ETag);

/// <summary>Sends requests with a token; after a 401 once more with a new one.</summary>
internal sealed class RestTransport(Func<HttpClient> http, AccessTokens tokens, string baseAddress)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);

    private volatile string address = baseAddress;

    /// <summary>Sends all further requests to another address: the catalog's configuration may say so.</summary>
    public void MoveTo(string newAddress) => address = newAddress;

    /// <summary>Sends a request that changes nothing, or whose repetition does no harm.</summary>
    /// <returns>The answer: success or 304.</returns>
    public async Task<RestAnswer> SendAsync(HttpMethod method, string path, CancellationToken ct, Action<Utf8JsonWriter>? body = null, string? ifNoneMatch = null)
    {
        try
        {
            return await SendOnceAsync(method, path, body, ifNoneMatch, isCommit: false, ct);
        }
        catch (Exception e) when (ConnectionFailure.Is(e) || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new ServiceUnavailableException($"{method} {path}: the catalog at {address} does not answer: {e.Message}", e);
        }
    }

    /// <summary>Sends a commit. Once it is sent the caller's token counts no more: a commit that is given up half way may have happened.</summary>
    /// <exception cref="ServiceUnavailableException">The request was never sent.</exception>
    /// <exception cref="CommitStateUnknownException">It was sent and no answer came.</exception>
    public async Task<RestAnswer> CommitAsync(string path, Action<Utf8JsonWriter> body, CancellationToken ct)
    {
        await tokens.GetAsync(ct);
        ct.ThrowIfCancellationRequested();
        try
        {
            return await SendOnceAsync(HttpMethod.Post, path, body, null, isCommit: true, CancellationToken.None);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            throw new ServiceUnavailableException($"POST {path}: the catalog at {address} cannot be reached: {e.Message}", e);
        }
        catch (Exception e) when (ConnectionFailure.Is(e) || e is OperationCanceledException or IOException)
        {
            throw new CommitStateUnknownException($"POST {path}: no answer came from the catalog at {address}: {e.Message}", e);
        }
    }

    private async Task<RestAnswer> SendOnceAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? body, string? ifNoneMatch, bool isCommit, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(RequestTimeout);
        var content = body is null ? null : Write(body);
        for (var again = true; ; again = false)
        {
            var token = await tokens.GetAsync(timeout.Token);
            using var request = new HttpRequestMessage(method, new Uri(address + path));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (ifNoneMatch is not null)
                request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
            if (content is not null)
            {
                request.Content = new ByteArrayContent(content);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }

            using var response = await http().SendAsync(request, timeout.Token);
            if (response.StatusCode is HttpStatusCode.Unauthorized or (HttpStatusCode)419 && again)
            {
                tokens.Refused(token);
                continue;
            }

            var answer = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified)
                return new RestAnswer(response.StatusCode, answer, response.Headers.TryGetValues("ETag", out var tags) ? tags.FirstOrDefault() : null);
            throw CatalogErrors.From($"{method} {path}", response.StatusCode, answer, isCommit);
        }
    }

    private static byte[] Write(Action<Utf8JsonWriter> body)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            body(json);
        return buffer.ToArray();
    }
}
