namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that has a value once the application runs.</summary>
public interface IValueProvider
{
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);

    /// <summary>The value as this consumer has to see it (a container reaches a service under another name than a process).</summary>
    ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) => GetValueAsync(cancellationToken);
}

/// <summary>Something that has a placeholder in published output.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>For example <c>{minio.bindings.s3.url}</c>.</summary>
    string ValueExpression { get; }
}

/// <summary>A value at run time and a placeholder when published.</summary>
public interface IExpressionValue : IValueProvider, IManifestExpressionProvider;

/// <summary>A value that is made of others.</summary>
public interface IValueWithReferences
{
    IEnumerable<object> References { get; }
}

/// <summary>Who asks for a value.</summary>
public class ValueProviderContext
{
    public DistributedApplicationExecutionContext? ExecutionContext { get; init; }

    public IResource? Caller { get; init; }

    /// <summary>The network from which the value is used; null: derived from <see cref="Caller"/>.</summary>
    public NetworkIdentifier? Network { get; init; }

    internal bool FromContainerNetwork =>
        Network is { } network ? network == KnownNetworkIdentifiers.DefaultAspireContainerNetwork : Caller is not null && Caller.IsContainer();
}

/// <summary>A network from which endpoints are reached.</summary>
public record NetworkIdentifier(string Value)
{
    public sealed override string ToString() => Value;
}

/// <summary>The networks that exist in every application.</summary>
public static class KnownNetworkIdentifiers
{
    public static readonly NetworkIdentifier LocalhostNetwork = new("localhost");
    public static readonly NetworkIdentifier PublicInternet = new(".");
    public static readonly NetworkIdentifier DefaultAspireContainerNetwork = new("aspire-container-network");
}
