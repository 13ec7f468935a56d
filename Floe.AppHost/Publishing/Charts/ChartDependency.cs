using System.Text.RegularExpressions;
using Floe.AppHost.Publishing.Schema;

namespace Floe.AppHost.Publishing.Charts;

/// <summary>A subchart that a chart brings along (data model 9B, "ChartDependency").</summary>
/// <param name="Name">Name of the chart.</param>
/// <param name="Version">Exact version or range.</param>
/// <param name="Repository"><c>https://</c>, <c>oci://</c> or <c>file://</c>.</param>
/// <param name="Condition">Path in the values that switches it on, or null.</param>
/// <param name="Alias">Key of its values in place of its name, or null.</param>
public sealed partial record ChartDependency(string Name, string Version, string Repository, string? Condition = null, string? Alias = null)
{
    internal IEnumerable<Violation> Validate(string field)
    {
        if (!FloeHelmChart.NameForm().IsMatch(Name))
            yield return new($"{field}.name", $"is '{Name}', but must match ^[a-z][a-z0-9-]*$");
        if (Version.Length == 0 || Version is "*" || !VersionForm().IsMatch(Version))
            yield return new($"{field}.version", $"is '{Version}', but must be a version or a range with bounds, e.g. 1.2.3 or ~1.2.0");
        if (!RepositoryForm().IsMatch(Repository))
            yield return new($"{field}.repository", $"is '{Repository}', but must begin with https://, http://, oci:// or file://");
    }

    [GeneratedRegex(@"^[\^~><=!v ,|.*\dxX\-+a-zA-Z]*\d[\^~><=!v ,|.*\dxX\-+a-zA-Z]*\z")]
    private static partial Regex VersionForm();

    [GeneratedRegex("^(https?://|oci://|file://)")]
    private static partial Regex RepositoryForm();
}
