using System.Text;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>Names of objects, and keys that a template path can hold.</summary>
internal static class HelmNames
{
    /// <summary>A key that can stand in <c>.Values.a.b</c>: everything that is no letter, digit or underscore becomes an underscore.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder(name.Length + 1);
        if (name.Length > 0 && char.IsAsciiDigit(name[0]))
        {
            key.Append('_');
        }

        foreach (var c in name)
        {
            key.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return key.ToString();
    }

    /// <summary>The chart's default name: the application's in lower case, with hyphens.</summary>
    public static string Chart(string applicationName) => applicationName.ToLowerInvariant().Replace('_', '-').Replace('.', '-');

    public static string Deployment(string resource) => $"{Lower(resource)}-deployment";

    public static string StatefulSet(string resource) => $"{Lower(resource)}-statefulset";

    public static string Service(string resource) => $"{Lower(resource)}-service";

    public static string Config(string resource) => $"{Lower(resource)}-config";

    public static string Secrets(string resource) => $"{Lower(resource)}-secrets";

    public static string Claim(string resource, string volume) => $"{Lower(resource)}-{Volume(volume)}-pvc";

    /// <summary>A volume's name inside the pod: DNS label characters only.</summary>
    public static string Volume(string volume) => Lower(volume).Replace('_', '-').Replace('.', '-');

    public static string Lower(string name) => name.ToLowerInvariant();
}
