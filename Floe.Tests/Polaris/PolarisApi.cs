using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Floe.Tests.Polaris;

/// <summary>One request and its answer, as the contract check reads them.</summary>
public sealed record Exchange(string Method, string Path, string? Request, int Status, string? Response);

/// <summary>An answer of the server.</summary>
public sealed record Answer(int Status, JsonNode? Body, HttpResponseHeaders Headers)
{
    /// <summary>The type of an error body.</summary>
    public string? ErrorType => Body?["error"]?["type"]?.GetValue<string>();

    public string? Message => Body?["error"]?["message"]?.GetValue<string>();

    public override string ToString() => $"{Status} {Body?.ToJsonString()}";
}

/// <summary>Plain HTTP against one catalog server: no client library between test and protocol. Every exchange is judged by the specifications.</summary>
public sealed class PolarisApi(string url, string managementUrl)
{
    private readonly HttpClient _http = new();

    public string Url { get; } = url;

    public async Task<Answer> SendAsync(string method, string path, JsonNode? body = null, string? token = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), Url + path);
        var text = body?.ToJsonString();
        if (text is not null)
            request.Content = new StringContent(text, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await SendAsync(request, text);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request, string? requestText = null)
    {
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        await ContractJudge.CheckAsync(new(request.Method.Method, request.RequestUri!.PathAndQuery, requestText, (int)response.StatusCode, text.Length == 0 ? null : text));
        return new((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers);
    }

    public async Task<Answer> TokenAsync(IEnumerable<KeyValuePair<string, string>> form, string? basic = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url + "/api/catalog/v1/oauth/tokens") { Content = new FormUrlEncodedContent(form) };
        if (basic is not null)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        return await SendAsync(request);
    }

    public Task<Answer> TokenAsync(string clientId, string secret, string scope = "PRINCIPAL_ROLE:ALL") =>
        TokenAsync(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = clientId, ["client_secret"] = secret, ["scope"] = scope });

    public async Task<string> SignInAsync(string clientId, string secret, string scope = "PRINCIPAL_ROLE:ALL") =>
        (await TokenAsync(clientId, secret, scope)).Body?["access_token"]?.GetValue<string>() ?? throw new InvalidOperationException($"No token for {clientId}.");

    public Task<string> RootAsync() => SignInAsync(PolarisFixture.RootClientId, PolarisFixture.RootSecret);

    public async Task<int> HealthAsync(string what)
    {
        using var response = await _http.GetAsync($"{managementUrl}/q/health/{what}");
        return (int)response.StatusCode;
    }

    public async Task UntilReadyAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await HealthAsync("ready") != 200)
            await Task.Delay(50, patience.Token);
    }
}
