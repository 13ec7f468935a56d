namespace Aspire.Hosting.ApplicationModel;

/// <summary>A connection string as a variable's value.</summary>
public class ConnectionStringReference(IResourceWithConnectionString resource, bool optional) : IExpressionValue, IValueWithReferences
{
    public IResourceWithConnectionString Resource { get; } = resource;

    /// <summary>Whether the variable may be missing.</summary>
    public bool Optional { get; } = optional;

    public string ValueExpression => Resource.ValueExpression;

    IEnumerable<object> IValueWithReferences.References => [Resource];

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => GetValueAsync(new ValueProviderContext(), cancellationToken);

    /// <exception cref="DistributedApplicationException">There is no connection string and it is not optional.</exception>
    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var value = await ((IValueProvider)Resource).GetValueAsync(context, cancellationToken).ConfigureAwait(false);
            if (!string.IsNullOrEmpty(value) || Optional) return value;
        }
        catch (MissingParameterValueException) when (Optional)
        {
            return null;
        }

        throw new DistributedApplicationException($"The connection string for the resource '{Resource.Name}' is not available.");
    }
}

/// <summary>Reads the parts of a connection.</summary>
public static class ConnectionPropertiesExtensions
{
    /// <exception cref="ArgumentException">The resource has no such property.</exception>
    public static ReferenceExpression GetConnectionProperty(this IResourceWithConnectionString resource, string key) =>
        resource.GetAllConnectionProperties().Where(p => string.Equals(p.Key, key, StringComparison.OrdinalIgnoreCase)).Select(p => p.Value).LastOrDefault()
        ?? throw new ArgumentException($"The resource '{resource.Name}' has no connection property '{key}'.", nameof(key));

    /// <summary>The resource's properties; the additional ones win.</summary>
    public static IEnumerable<KeyValuePair<string, ReferenceExpression>> CombineProperties(this IResourceWithConnectionString resource, IEnumerable<KeyValuePair<string, ReferenceExpression>> additional)
    {
        var all = new Dictionary<string, ReferenceExpression>(resource.GetConnectionProperties(), StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in additional) all[key] = value;
        return all;
    }

    internal static IEnumerable<KeyValuePair<string, ReferenceExpression>> GetAllConnectionProperties(this IResourceWithConnectionString resource) =>
        resource.GetConnectionProperties().Concat(resource.Annotations.OfType<ConnectionPropertyAnnotation>().Select(a => KeyValuePair.Create(a.Name, a.Value)));
}
