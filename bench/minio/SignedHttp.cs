using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

/// <summary>
/// A client that signs each request by header (Signature V4, the content's hash among what is signed) and does nothing else: what it reaches
/// is the store's figure, where a SDK's hashing and copying is not.
/// </summary>
internal sealed class SignedHttp(string endpoint, string accessKey, string secretKey) : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly Uri _endpoint = new(endpoint);

    /// <summary>PUT of content whose SHA-256 is known.</summary>
    public async Task PutAsync(string path, byte[] content, string sha256)
    {
        using var request = Sign(HttpMethod.Put, path, sha256);
        request.Content = new ByteArrayContent(content);
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    public async Task GetAsync(string path)
    {
        using var request = Sign(HttpMethod.Get, path, Convert.ToHexStringLower(SHA256.HashData([])));
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await (await answer.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null, 1024 * 1024);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Sign(HttpMethod method, string path, string payloadHash)
    {
        var time = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/us-east-1/s3/aws4_request";
        const string Names = "host;x-amz-content-sha256;x-amz-date";
        var canonical = $"{method}\n{path}\n\nhost:{_endpoint.Authority}\nx-amz-content-sha256:{payloadHash}\nx-amz-date:{time}\n\n{Names}\n{payloadHash}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in scope.Split('/'))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var text = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var request = new HttpRequestMessage(method, new Uri(_endpoint, path));
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", payloadHash);
        request.Headers.TryAddWithoutValidation("x-amz-date", time);
        request.Headers.Authorization = new AuthenticationHeaderValue("AWS4-HMAC-SHA256",
            $"Credential={accessKey}/{scope},SignedHeaders={Names},Signature={Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)))}");
        return request;
    }
}
