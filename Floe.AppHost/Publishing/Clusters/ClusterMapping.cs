using System.Text.RegularExpressions;
using Floe.AppHost.Publishing.Schema;

namespace Floe.AppHost.Publishing.Clusters;

/// <summary>How environments on one cluster are kept apart.</summary>
public enum EnvironmentIsolation
{
    /// <summary>Each environment has a namespace of its own.</summary>
    Namespace,

    /// <summary>Environments share a namespace and differ by release name and label.</summary>
    Label,
}

/// <summary>Which logical environments live on which cluster (data model 9B, "ClusterMapping").</summary>
/// <param name="Name">Name of the mapping, e.g. <c>non-prod</c>.</param>
/// <param name="Cluster">Context in the kubeconfig, or destination of Argo CD.</param>
/// <param name="Environments">Logical environments; at least one.</param>
/// <param name="NamespaceTemplate">Namespace with <c>{{.environment}}</c> in it.</param>
/// <param name="Isolation">How its environments are kept apart.</param>
/// <param name="Resources">Size of everything in these environments.</param>
public sealed partial record ClusterMapping(
    string Name, string Cluster, IReadOnlyList<string> Environments, string NamespaceTemplate, EnvironmentIsolation Isolation, ResourcePreset Resources)
{
    /// <summary>The template when none is given.</summary>
    public const string DefaultNamespaceTemplate = "floe-{{.environment}}";

    private const int MaxNamespaceLength = 63;

    /// <summary>The namespace of an environment; whether it is a valid name <see cref="Validate"/> says.</summary>
    public string NamespaceFor(string environment) => Placeholder().Replace(NamespaceTemplate, environment);

    /// <summary>The Helm release of a chart: the chart's name, or with a shared namespace that with the environment in it.</summary>
    public string ReleaseFor(string environment, string chart) => Isolation == EnvironmentIsolation.Label ? $"{chart}-{environment}" : chart;

    internal IEnumerable<Violation> Validate(string field)
    {
        if (Environments.Count == 0)
            yield return new($"{field}.environments", "is empty; name at least one environment");
        foreach (var environment in Environments)
        {
            if (!NameForm().IsMatch(environment))
                yield return new($"{field}.environments", $"holds '{environment}', but an environment's name is lower-case letters, digits and '-', a letter first");
            else if (NamespaceFor(environment) is var name && (name.Length > MaxNamespaceLength || !NamespaceForm().IsMatch(name)))
                yield return new($"{field}.namespace_template", $"gives '{name}' for the environment '{environment}', which is no namespace: up to {MaxNamespaceLength} lower-case letters, digits and '-', letters or digits at both ends");
        }
        if (Isolation == EnvironmentIsolation.Namespace && Environments.Count > 1 && Environments.Select(NamespaceFor).Distinct().Count() < Environments.Count)
            yield return new($"{field}.namespace_template", $"is '{NamespaceTemplate}', which gives several environments one namespace; put {{{{.environment}}}} into it, or set isolation: label");
        foreach (var violation in Resources.Validate($"{field}.resources"))
            yield return violation;
    }

    [GeneratedRegex(@"\{\{\s*\.environment\s*\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[a-z][a-z0-9-]*\z")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex NamespaceForm();
}
