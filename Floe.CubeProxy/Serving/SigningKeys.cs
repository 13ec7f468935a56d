using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Floe.CubeProxy.Query;
using Floe.ServiceDefaults.Http;

namespace Floe.CubeProxy.Serving;

/// <summary>The RSA keys of a JSON Web Key Set, fetched when a token names one that is not known, and again after a while.</summary>
public sealed partial class SigningKeys(TokenSettings settings, HttpClient http, TimeProvider clock, ILogger<SigningKeys> log) : IDisposable
{
    private const int LargestKeySet = 1024 * 1024;

    // A token with an invented key name must not make this service hammer the issuer.
    private static readonly TimeSpan _betweenFetches = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile IReadOnlyDictionary<string, RSA> _keys = new Dictionary<string, RSA>();
    private long? _fetchedAt;

    /// <returns>Null when the issuer has no such key.</returns>
    /// <exception cref="CubeApiException">503: the keys cannot be fetched and the one asked for is not known.</exception>
    public async ValueTask<RSA?> FindAsync(string? id, CancellationToken ct)
    {
        if (Known(id) is { } key && !IsOlderThan(_lifetime)) return key;
        await _fetching.WaitAsync(ct);
        try
        {
            if (IsOlderThan(Known(id) is null ? _betweenFetches : _lifetime)) await FetchAsync(ct);
        }
        catch (Exception e) when (ConnectionFailure.Is(e) || e is JsonException or FormatException or CryptographicException or InvalidOperationException or KeyNotFoundException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            LogFailed(settings.Keys!.Host, e.Message);
            // Old keys are better than none.
            if (Known(id) is null) throw new CubeApiException(503, "The keys that tokens are checked with cannot be fetched at the moment; try again.", "keys_unavailable", inner: e);
        }
        finally
        {
            _fetching.Release();
        }
        return Known(id);
    }

    public void Dispose() => _fetching.Dispose();

    // A set of one key needs no name.
    private RSA? Known(string? id) => id is null ? _keys.Count == 1 ? _keys.Values.First() : null : _keys.GetValueOrDefault(id);

    private bool IsOlderThan(TimeSpan age) => _fetchedAt is not { } at || clock.GetElapsedTime(at) >= age;

    private async Task FetchAsync(CancellationToken ct)
    {
        _fetchedAt = clock.GetTimestamp();
        http.MaxResponseContentBufferSize = LargestKeySet;
        using var document = JsonDocument.Parse(await http.GetByteArrayAsync(settings.Keys, ct));
        var keys = new Dictionary<string, RSA>();
        foreach (var key in document.RootElement.GetProperty("keys").EnumerateArray())
        {
            if (key.GetProperty("kty").GetString() != "RSA" || (key.TryGetProperty("use", out var use) && use.GetString() != "sig")) continue;
            var rsa = RSA.Create(new RSAParameters { Modulus = Base64Url.DecodeFromChars(key.GetProperty("n").GetString()), Exponent = Base64Url.DecodeFromChars(key.GetProperty("e").GetString()) });
            keys[key.TryGetProperty("kid", out var id) ? id.GetString() ?? "" : ""] = rsa;
        }
        _keys = keys;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not fetch the signing keys from {Host}: {Reason}")]
    private partial void LogFailed(string host, string reason);
}
