using System.Text.Json;
using Floe.CubeProxy.Serving;
using Floe.ServiceDefaults.Configuration;

namespace Floe.CubeProxy.Page;

/// <summary>Settings of the page, section <c>CubePage</c> (environment: <c>CubePage__Token</c> and so on).</summary>
public sealed class PageSettings : IValidatableOptions
{
    public const string Section = "CubePage";

    private const string Pasted = "pasted";
    private const string Local = "local";

    // The token's own, which are set when it is signed.
    private static readonly string[] _reserved = ["iat", "exp", "nbf", "jti", "aud", "iss"];

    /// <summary>False: there is no page.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Where the page has its token from. <c>pasted</c>: from the person who looks at it; <c>local</c>: from this service, when it is asked by a browser on this machine.</summary>
    public string Token { get; set; } = Pasted;

    /// <summary>With <c>local</c>: the token's claims, a JSON object. Without any it sees what has no access policy, or one for everybody.</summary>
    public string Claims { get; set; } = "";

    /// <summary>True when this service signs the page's tokens.</summary>
    public bool GivesTokens => Enabled && Token == Local;

    public IEnumerable<string> Validate()
    {
        if (Token is not (Pasted or Local)) yield return $"{nameof(Token)} is '{Token}'; it must be {Pasted} (the page asks for one) or {Local} (this service signs one for a browser on this machine).";
        if (Claims.Length == 0) yield break;
        if (Token == Pasted) yield return $"{nameof(Claims)} is set, but {nameof(Token)} is {Pasted}, so that nothing reads it; set {nameof(Token)} to {Local}, or remove both.";
        if (Problem() is { } problem) yield return problem;
    }

    /// <summary>What only the settings of others decide.</summary>
    /// <exception cref="ConfigurationException">Tokens that are signed here would be refused here, or be given to whom a proxy stands for.</exception>
    internal void CheckWith(TokenSettings tokens, IConfiguration configuration)
    {
        if (!GivesTokens) return;
        if (!tokens.Algorithms.Contains("HS256"))
            throw new ConfigurationException($"{Section}:{nameof(Token)} is {Local}, but {TokenSettings.AlgorithmsKey} does not have HS256, with which such tokens are signed; add it, or set {Section}:{nameof(Token)} to {Pasted}.");
        // Then a header says who asks.
        if (configuration.GetValue<bool>("FORWARDEDHEADERS_ENABLED"))
            throw new ConfigurationException($"{Section}:{nameof(Token)} is {Local}, but ASPNETCORE_FORWARDEDHEADERS_ENABLED says that a proxy stands before this service, so that everybody would look like this machine; set {Section}:{nameof(Token)} to {Pasted}.");
    }

    internal JsonElement ReadClaims()
    {
        using var document = JsonDocument.Parse(Claims.Length == 0 ? "{}" : Claims);
        return document.RootElement.Clone();
    }

    // Without the value: claims say who somebody is.
    private string? Problem()
    {
        try
        {
            var claims = ReadClaims();
            if (claims.ValueKind != JsonValueKind.Object) return $"{nameof(Claims)} is not a JSON object; write claims as in a token: {{\"role\":\"seller\"}}.";
            return _reserved.FirstOrDefault(name => claims.TryGetProperty(name, out _)) is { } reserved
                ? $"{nameof(Claims)} has '{reserved}', which belongs to the token itself and is set when it is signed; remove it."
                : null;
        }
        catch (JsonException e)
        {
            return $"{nameof(Claims)} is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}); write claims as in a token: {{\"role\":\"seller\"}}.";
        }
    }
}
