using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>A resource whose process has environment variables.</summary>
    public interface IResourceWithEnvironment : IResource;

    /// <summary>A resource whose process has command line arguments.</summary>
    public interface IResourceWithArgs : IResource;

    /// <summary>A resource that listens on endpoints.</summary>
    public interface IResourceWithEndpoints : IResource;

    /// <summary>A resource whose start can wait for others.</summary>
    public interface IResourceWithWaitSupport : IResource;

    /// <summary>A resource that a publisher may give probes.</summary>
    [Experimental("ASPIREPROBES001")]
    public interface IResourceWithProbes : IResource;

    /// <summary>A resource that runs on a compute environment when published.</summary>
    public interface IComputeResource : IResource;

    /// <summary>A resource that a compute environment provides for, such as a cluster.</summary>
    public interface IComputeEnvironmentResource : IResource;

    /// <summary>A resource that neither starts nor stops, such as a parameter.</summary>
    public interface IResourceWithoutLifetime : IResource;

    /// <summary>A resource into whose image files of others can be copied.</summary>
    public interface IContainerFilesDestinationResource : IResource;

    /// <summary>A resource that belongs to another one and follows its state.</summary>
    public interface IResourceWithParent : IResource
    {
        IResource Parent { get; }
    }

    /// <inheritdoc cref="IResourceWithParent"/>
    public interface IResourceWithParent<out T> : IResourceWithParent where T : IResource
    {
        new T Parent { get; }

        IResource IResourceWithParent.Parent => Parent;
    }

    /// <summary>A resource that others reach by a connection string.</summary>
    public interface IResourceWithConnectionString : IResource, IExpressionValue, IValueWithReferences
    {
        ReferenceExpression ConnectionStringExpression { get; }

        /// <summary>The variable that <c>WithReference</c> sets; null means <c>ConnectionStrings__{name}</c>.</summary>
        string? ConnectionStringEnvironmentVariable => null;

        /// <summary>The parts of the connection, each given to references as a variable of its own.</summary>
        IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() => [];

        ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
            ConnectionStringExpression.GetValueAsync(cancellationToken);

        string IManifestExpressionProvider.ValueExpression => $"{{{Name}.connectionString}}";

        ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => GetConnectionStringAsync(cancellationToken);

        ValueTask<string?> IValueProvider.GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken) =>
            ConnectionStringExpression.GetValueAsync(context, cancellationToken);

        IEnumerable<object> IValueWithReferences.References => [ConnectionStringExpression];
    }
}

namespace Aspire.Hosting
{
    using Aspire.Hosting.ApplicationModel;

    /// <summary>A resource that others find by service discovery variables (<c>services__name__scheme__0</c>).</summary>
    public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;
}
