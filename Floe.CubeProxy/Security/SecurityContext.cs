using System.Globalization;
using System.Text.Json;
using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Security;

/// <summary>Who asks: the claims of a checked token.</summary>
public sealed class SecurityContext
{
    // They differ from token to token of the same holder and decide nothing.
    private static readonly HashSet<string> _ofTheToken = ["iat", "exp", "nbf", "jti"];

    private readonly JsonElement _claims;

    /// <param name="claims">A JSON object.</param>
    public SecurityContext(JsonElement claims)
    {
        _claims = claims;
        Roles = new HashSet<string>([.. Texts(claims, "role"), .. Texts(claims, "roles"), .. Texts(claims, "group"), .. Texts(claims, "groups")], StringComparer.Ordinal);
    }

    /// <summary>Nobody in particular: sees what has no access policy, or one for everybody.</summary>
    public static SecurityContext Nobody { get; } = new(JsonDocument.Parse("{}").RootElement);

    /// <summary>The claims <c>role</c>, <c>roles</c>, <c>group</c> and <c>groups</c>: a text or a list of texts each.</summary>
    public IReadOnlySet<string> Roles { get; }

    /// <summary>Equal keys mean equal rights: what answers can be shared by.</summary>
    public string Key => field ??= string.Join(',', _claims.EnumerateObject().Where(claim => !_ofTheToken.Contains(claim.Name))
        .OrderBy(claim => claim.Name, StringComparer.Ordinal).Select(claim => $"{JsonSerializer.Serialize(claim.Name)}:{claim.Value.GetRawText()}"));

    /// <summary>Writes the claims into an object, without those of the token itself (<c>iat</c>, <c>exp</c>, <c>nbf</c>, <c>jti</c>).</summary>
    public void WriteClaims(Utf8JsonWriter json)
    {
        foreach (var claim in _claims.EnumerateObject().Where(claim => !_ofTheToken.Contains(claim.Name))) claim.WriteTo(json);
    }

    /// <summary>The claim's values as texts; null when the token does not have it, or has null, an object or an empty list there.</summary>
    public IReadOnlyList<string>? Values(ClaimPath path)
    {
        if (Find(path) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) return Text(value) is { } one ? [one] : null;
        var values = value.EnumerateArray().Select(Text).OfType<string>().ToList();
        return values.Count == 0 || values.Count < value.GetArrayLength() ? null : values;
    }

    /// <summary>True for a claim that is there and says yes: not false, null, 0 or empty.</summary>
    public bool Holds(ClaimPath path) => Find(path) is { } value && value.ValueKind switch
    {
        JsonValueKind.False or JsonValueKind.Null => false,
        JsonValueKind.Number => value.GetDouble() != 0,
        JsonValueKind.String => value.GetString()!.Length > 0,
        _ => true,
    };

    private JsonElement? Find(ClaimPath path)
    {
        var at = _claims;
        foreach (var key in path.Keys)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(key, out at)) return null;
        }
        return at;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var integer) ? integer.ToString(CultureInfo.InvariantCulture) : value.GetDouble().ToString(CultureInfo.InvariantCulture),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    private static IEnumerable<string> Texts(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value)) return [];
        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!),
            _ => [],
        };
    }
}
