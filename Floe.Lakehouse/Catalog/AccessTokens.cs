using System.Net;
using System.Text.Json;
using Floe.ServiceDefaults.Http;

namespace Floe.Lakehouse.Catalog;

/// <summary>OAuth2 client credentials (REST specification, <c>/v1/oauth/tokens</c>; RFC 6749, 4.4): one token for all requests, fetched by one
/// caller at a time and renewed before it expires.</summary>
internal sealed class AccessTokens(Func<HttpClient> http, LakehouseConnection connection, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim gate = new(1, 1);
    private Token? current;

    /// <summary>A token that is valid for now.</summary>
    public async ValueTask<string> GetAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref current) is { } token && time.GetUtcNow() < token.RenewAt)
            return token.Value;

        await gate.WaitAsync(ct);
        try
        {
            // Another caller may have renewed it while this one waited.
            if (current is { } fresh && time.GetUtcNow() < fresh.RenewAt)
                return fresh.Value;
            var renewed = await RequestAsync(ct);
            Volatile.Write(ref current, renewed);
            return renewed.Value;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Forgets a token that the catalog refused, unless it was replaced already.</summary>
    public void Refused(string value)
    {
        if (Volatile.Read(ref current) is { } token && token.Value == value)
            Interlocked.CompareExchange(ref current, null, token);
    }

    public void Dispose() => gate.Dispose();

    private async Task<Token> RequestAsync(CancellationToken ct)
    {
        var address = new Uri($"{connection.CatalogUri.AbsoluteUri.TrimEnd('/')}/v1/oauth/tokens");
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "client_credentials"),
                new("client_id", connection.ClientId),
                new("client_secret", connection.ClientSecret),
                new("scope", connection.Scope),
            ]),
        };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(RequestTimeout);
        try
        {
            using var response = await http().SendAsync(request, timeout.Token);
            var body = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            return response.IsSuccessStatusCode ? Parse(body) : throw Refusal(response.StatusCode, body);
        }
        catch (Exception e) when (ConnectionFailure.Is(e) || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new ServiceUnavailableException($"The token endpoint {address} does not answer: {e.Message}", e);
        }
    }

    private Token Parse(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var value = json.RootElement.GetProperty("access_token").GetString();
            var lifetime = json.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.TryGetDouble(out var s) ? TimeSpan.FromSeconds(s) : DefaultLifetime;
            if (!string.IsNullOrEmpty(value))
                return new Token(value, time.GetUtcNow() + (lifetime * 0.8));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new NotAuthorizedException($"The token endpoint of {connection.CatalogUri} answers something that is not an OAuth2 token.", e);
        }

        throw new NotAuthorizedException($"The token endpoint of {connection.CatalogUri} answers an empty token.");
    }

    private CatalogException Refusal(HttpStatusCode status, byte[] body)
    {
        // Token errors have OAuth2's shape, not the catalog's.
        var (error, description) = ("", "");
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                error = json.RootElement.TryGetProperty("error", out var e) ? e.ToString() : "";
                description = json.RootElement.TryGetProperty("error_description", out var d) ? d.ToString() : "";
            }
        }
        catch (JsonException)
        {
            // Some proxy's page: the status says enough.
        }

        return (int)status >= 500
            ? new ServiceUnavailableException($"The token endpoint of {connection.CatalogUri} answers {(int)status} {error} {description}".TrimEnd())
            : new NotAuthorizedException($"The catalog {connection.CatalogUri} gives no token to the client '{connection.ClientId}' (scope {connection.Scope}): {(int)status} {error} {description}".TrimEnd());
    }

    private sealed record Token(string Value, DateTimeOffset RenewAt);
}
