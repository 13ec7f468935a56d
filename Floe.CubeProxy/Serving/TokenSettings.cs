using Floe.ServiceDefaults.Configuration;

namespace Floe.CubeProxy.Serving;

/// <summary>What tokens must say, by Cube's own names of settings.</summary>
/// <param name="Keys">Address of a JSON Web Key Set (RFC 7517); null: only tokens signed with the secret (HS256) are accepted.</param>
/// <param name="Audience">Null: <c>aud</c> is not looked at.</param>
/// <param name="Issuer">Null: <c>iss</c> is not looked at.</param>
/// <param name="Algorithms">HS256, RS256 or both.</param>
public sealed record TokenSettings(Uri? Keys, string? Audience, string? Issuer, IReadOnlySet<string> Algorithms)
{
    public const string KeysKey = "CUBEJS_JWK_URL";
    public const string AudienceKey = "CUBEJS_JWT_AUDIENCE";
    public const string IssuerKey = "CUBEJS_JWT_ISSUER";
    public const string AlgorithmsKey = "CUBEJS_JWT_ALGS";

    /// <exception cref="ConfigurationException">A value breaks a rule.</exception>
    public static TokenSettings Read(IConfiguration configuration)
    {
        var address = Text(KeysKey);
        Uri? keys = null;
        // Whoever can change the keys on their way can sign any token.
        if (address is not null && !(Uri.TryCreate(address, UriKind.Absolute, out keys) && (keys.Scheme == Uri.UriSchemeHttps || (keys.Scheme == Uri.UriSchemeHttp && keys.IsLoopback))))
            throw new ConfigurationException($"{KeysKey} is '{address}'; it must be an https address (http only on this machine) of a JSON Web Key Set.");
        var algorithms = Text(AlgorithmsKey)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? (keys is null ? ["HS256"] : ["HS256", "RS256"]);
        if (algorithms.FirstOrDefault(algorithm => algorithm is not ("HS256" or "RS256")) is { } unknown)
            throw new ConfigurationException($"{AlgorithmsKey} has '{unknown}'; known are HS256 and RS256.");
        if (keys is null && algorithms.Contains("RS256"))
            throw new ConfigurationException($"{AlgorithmsKey} has RS256, but {KeysKey} is not set; give the address of the keys.");
        return new TokenSettings(keys, Text(AudienceKey), Text(IssuerKey), algorithms.ToHashSet());

        string? Text(string key) => configuration[key] is { Length: > 0 } value ? value : null;
    }
}
