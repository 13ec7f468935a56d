using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>
/// Takes secrets out of messages: the values of the service's own settings whose name says that they are secret, and whatever stands behind such a word.
/// </summary>
public sealed partial class SecretMask
{
    private const string Mask = "***";
    private const int ShortestSecret = 6;

    private static readonly string[] s_words = ["secret", "password", "pwd", "token", "accesskey"];

    private readonly IReadOnlyList<string> _values;

    /// <summary>Knows the secrets in a configuration.</summary>
    public SecretMask(IConfiguration configuration) => _values =
        [.. configuration.AsEnumerable().SelectMany(Secrets).Where(v => v.Length >= ShortestSecret).Distinct(StringComparer.Ordinal).OrderByDescending(v => v.Length)];

    /// <summary>The secrets themselves.</summary>
    internal IReadOnlyList<string> Values => _values;

    /// <summary>The text without secrets.</summary>
    public string Apply(string text)
    {
        foreach (var value in _values)
            text = text.Replace(value, Mask, StringComparison.Ordinal);
        return Named().Replace(UserInfo().Replace(text, $"$1{Mask}@"), $"$1{Mask}");
    }

    private static IEnumerable<string> Secrets(KeyValuePair<string, string?> setting)
    {
        var (key, value) = setting;
        if (string.IsNullOrEmpty(value))
            return [];
        if (IsSecret(key[(key.LastIndexOf(':') + 1)..]))
            return [value];
        if (!key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase))
            return [];
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = value };
            return [.. parts.Keys.Cast<string>().Where(IsSecret).Select(name => parts[name].ToString()!)];
        }
        catch (ArgumentException)
        {
            // No connection string that can be read: all of it may be one secret.
            return [value];
        }
    }

    private static bool IsSecret(string name) =>
        s_words.Any(word => name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Contains(word, StringComparison.OrdinalIgnoreCase));

    // password=..., "client_secret": "...", Authorization: Bearer ...
    [GeneratedRegex("""((?:[\w-]*(?:password|pwd|secret|token|signature|authorization|access_?key)[\w-]*)["']?\s*[=:]\s*["']?(?:Bearer\s+|Basic\s+)?)[^\s"',;&)]+""", RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    [GeneratedRegex(@"(\b[a-z][a-z0-9+.-]*://)[^\s/@]+@", RegexOptions.IgnoreCase)]
    private static partial Regex UserInfo();
}
