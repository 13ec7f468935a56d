namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that comes from outside of the model: configuration, a user, or a generator.</summary>
public class ParameterResource : Resource, IExpressionValue, IResourceWithoutLifetime
{
    private readonly Func<ParameterDefault?, string> _callback;
    private readonly Lock _lock = new();
    private string? _value;

    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : base(name)
    {
        ArgumentNullException.ThrowIfNull(callback);
        (_callback, Secret) = (callback, secret);
    }

    public bool Secret { get; }

    public ParameterDefault? Default { get; set; }

    public string? Description { get; set; }

    public bool EnableDescriptionMarkdown { get; set; }

    public bool IsConnectionString { get; set; }

    public string ValueExpression => $"{{{Name}.{(IsConnectionString ? "connectionString" : "value")}}}";

    [Obsolete("Use GetValueAsync instead.")]
    public string Value => GetValue();

    /// <summary>The configuration key from which the value comes.</summary>
    internal string ConfigurationKey { get; init; } = "";

    /// <exception cref="MissingParameterValueException">There is no value.</exception>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(GetValue());

    ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => GetValueAsync(cancellationToken);

    // One value for the whole run: a generated value must not differ between two consumers.
    internal string GetValue()
    {
        lock (_lock) return _value ??= _callback(Default);
    }
}

/// <summary>A value for a parameter that nobody set.</summary>
public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();

    public abstract void WriteToManifest(Publishing.ManifestPublishingContext context);
}
