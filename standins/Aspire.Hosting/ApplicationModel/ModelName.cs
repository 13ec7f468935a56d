using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The naming rules of resources and endpoints, and the form of a name in environment variables.</summary>
internal static class ModelName
{
    public static void Validate(string kind, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Broken(name) is { } rule)
        {
            throw new ArgumentException($"{kind} name '{name}' is invalid. Name must {rule}.", nameof(name));
        }
    }

    private static string? Broken(string name)
    {
        if (name.Length > 64) return "be between 1 and 64 characters long";
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) return "contain only ASCII letters, digits, and hyphens";
        if (!char.IsAsciiLetter(name[0])) return "start with an ASCII letter";
        if (name.Contains("--", StringComparison.Ordinal)) return "not contain consecutive hyphens";
        return name[^1] == '-' ? "not end with a hyphen" : null;
    }

    /// <summary>The name as an identifier that a shell accepts: other characters become <c>_</c>, and a leading digit gets one in front.</summary>
    public static string ToEnvironmentVariable(string name)
    {
        if (name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) return name;
        var text = new StringBuilder(name.Length + 1);
        if (name.Length > 0 && char.IsAsciiDigit(name[0])) text.Append('_');
        foreach (var c in name) text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        return text.ToString();
    }
}
