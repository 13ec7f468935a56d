namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>The content of values.yaml: three roots, below each the resources in the order of the model.</summary>
internal sealed class HelmValues
{
    public const string Parameters = "parameters", Secrets = "secrets", Config = "config";

    private readonly Dictionary<string, Dictionary<string, Dictionary<string, object>>> _roots = new(StringComparer.Ordinal)
    {
        [Parameters] = [],
        [Secrets] = [],
        [Config] = [],
    };

    /// <summary>Sets a value and gives the path that templates read it by.</summary>
    /// <param name="root">One of the three roots.</param>
    /// <param name="resource">The resource's name.</param>
    /// <param name="name">The value's name, in whatever form the model has it.</param>
    /// <param name="value">Text or a number; secrets are always empty.</param>
    /// <exception cref="DistributedApplicationException">Two names of one resource become the same key with different values.</exception>
    public string Set(string root, string resource, string name, object value)
    {
        var (resourceKey, key) = (HelmNames.Key(resource), HelmNames.Key(name));
        if (!_roots[root].TryGetValue(resourceKey, out var entries))
        {
            _roots[root][resourceKey] = entries = new(StringComparer.Ordinal);
        }

        if (!entries.TryAdd(key, value) && !Equals(entries[key], value))
        {
            throw new DistributedApplicationException($"The resource '{resource}' needs two different values under the key '{root}.{resourceKey}.{key}' of values.yaml; rename '{name}'.");
        }

        return $".Values.{root}.{resourceKey}.{key}";
    }

    /// <summary>The tree as it is written.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, Dictionary<string, object>>> Roots => _roots;
}
