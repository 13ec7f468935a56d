using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Floe.AppHost.Preflight.Checks;

/// <summary>A Google service account: its key signs a claim, for which Google gives a token.</summary>
internal static class GoogleAccount
{
    private const string Variable = "GOOGLE_APPLICATION_CREDENTIALS";

    /// <summary>Logs in.</summary>
    /// <returns>A token and the account's project.</returns>
    public static async Task<(string Token, string? Project)> LoginAsync(Credentials credentials, HttpClient http, TimeProvider clock, string scope, CancellationToken cancellationToken)
    {
        var path = credentials.Required(Variable, "the path of a service account's key file");
        if (!File.Exists(path))
            throw new CheckFailedException($"missing_credentials: {Variable} names a file that is not there", $"set {Variable} to a service account's key file");
        var (email, key, tokenUri, project) = Read(await File.ReadAllTextAsync(path, cancellationToken));
        var now = clock.GetUtcNow();
        var claim = new JsonObject { ["iss"] = email, ["scope"] = scope, ["aud"] = tokenUri, ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = now.AddMinutes(10).ToUnixTimeSeconds() };
        var signed = $"{Encoded("""{"alg":"RS256","typ":"JWT"}""")}.{Encoded(claim.ToJsonString())}";
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new CheckFailedException($"the private key in the file of {Variable} cannot be read", "download the service account's key again");
        }
        var assertion = $"{signed}.{Base64Url(rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
        var answer = await http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, tokenUri) { Content = new FormUrlEncodedContent([new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), new("assertion", assertion)]) },
            "Google", (status, message) => new($"Google refused the service account ({(int)status}): {message}", "check that the key is not revoked and this machine's clock is right"), cancellationToken);
        return (answer["access_token"]?.ToString() ?? throw new CheckFailedException("Google answered the login without a token", $"check token_uri in the file of {Variable}"), project);
    }

    private static (string Email, string Key, string TokenUri, string? Project) Read(string json)
    {
        JsonObject? file;
        try
        {
            file = JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            file = null;
        }
        return file?["client_email"]?.ToString() is { } email && file["private_key"]?.ToString() is { } key && file["token_uri"]?.ToString() is { } uri
            ? (email, key, uri, file["project_id"]?.ToString())
            : throw new CheckFailedException($"the file of {Variable} is no service account's key", "download the key as JSON; it has client_email, private_key and token_uri");
    }

    private static string Encoded(string text) => Base64Url(Encoding.UTF8.GetBytes(text));

    private static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
