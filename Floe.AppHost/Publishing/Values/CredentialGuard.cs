using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Floe.AppHost.Publishing.Schema;

namespace Floe.AppHost.Publishing.Values;

/// <summary>Finds values that look like credentials. Files with Helm values go into repositories: they name Secrets, they do not hold them.</summary>
public static partial class CredentialGuard
{
    /// <summary>The fields that look like credentials, by name or by content; the values themselves are never shown.</summary>
    public static IEnumerable<Violation> Inspect(JsonNode? values)
    {
        foreach (var (path, value) in ValueTree.Leaves(values))
        {
            if (value.GetValueKind() != System.Text.Json.JsonValueKind.String || value.GetValue<string>() is not { Length: > 0 } text || Placeholder().IsMatch(text))
                continue;
            var name = path[(path.LastIndexOf('.') + 1)..];
            if (SecretName().IsMatch(name) && !ReferenceName().IsMatch(name))
                yield return new(path, "has the name of a credential and a value; name an existing Secret instead (existingSecret), values files hold no secrets");
            else if (SecretContent().IsMatch(text))
                yield return new(path, "holds what looks like a credential; name an existing Secret instead (existingSecret), values files hold no secrets");
        }
    }

    [GeneratedRegex("(password|passwd|secret|token|credential|api_?key|access_?key|private_?key|client_?secret|connection_?string)s?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    // Filled in where it is used: dbt's env_var(), Kubernetes' $(NAME), a shell's ${NAME}.
    [GeneratedRegex(@"^(\{\{.*\}\}|\$\([A-Za-z_]\w*\)|\$\{[A-Za-z_]\w*\})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    // Names of Secrets and of keys in them.
    [GeneratedRegex("^(existing.*|(credentials|tls|pull|image)Secret|.*(secret|token|key)(name|ref|key|store)|.*Key|automount.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex ReferenceName();

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.|://[^/\s:@]+:[^/\s@]+@|(?:password|pwd|secret|secretkey|clientsecret)\s*=\s*[^;\s{$]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretContent();
}
