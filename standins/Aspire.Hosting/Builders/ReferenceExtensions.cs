using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    private const string ConnectionStringPrefix = "ConnectionStrings__";

    /// <summary>Gives the connection string as <c>ConnectionStrings__{name}</c>, and each connection property as a variable.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false) where T : IResourceWithEnvironment
    {
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        return builder.WithReferenceRelationship(resource).WithEnvironment(context =>
        {
            var flags = FlagsOf(builder.Resource);
            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ConnectionString))
            {
                context.EnvironmentVariables[resource.ConnectionStringEnvironmentVariable ?? ConnectionStringPrefix + name] = new ConnectionStringReference(resource, optional);
            }

            if (!flags.HasFlag(ReferenceEnvironmentInjectionFlags.ConnectionProperties)) return;
            var prefix = connectionName == "" ? "" : ModelName.ToEnvironmentVariable(name).ToUpperInvariant() + "_";
            foreach (var (key, value) in resource.GetAllConnectionProperties()) context.EnvironmentVariables[prefix + key.ToUpperInvariant()] = value;
        });
    }

    /// <summary>Gives the addresses of all endpoints for service discovery.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source) where T : IResourceWithEnvironment =>
        builder.WithEndpointsOf(source.Resource, null);

    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name) where T : IResourceWithEnvironment =>
        builder.WithEndpointsOf(source.Resource, name);

    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, EndpointReference endpointReference) where T : IResourceWithEnvironment =>
        builder.WithReferenceRelationship(endpointReference.Resource).WithEnvironment(context => GiveEndpoints(builder.Resource, context, endpointReference.Resource.Name, [endpointReference]));

    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, string name, Uri uri) where T : IResourceWithEnvironment
    {
        if (!uri.IsAbsoluteUri) throw new InvalidOperationException($"The URI '{uri}' of the reference '{name}' must be absolute.");
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0) throw new InvalidOperationException($"The URI of the reference '{name}' must not hold a query or a fragment.");
        return builder.WithEnvironment($"services__{name}__default__0", uri.ToString()).WithEnvironment(ModelName.ToEnvironmentVariable(name), uri.ToString());
    }

    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<ExternalServiceResource> externalService) where T : IResourceWithEnvironment
    {
        var service = externalService.Resource;
        var variable = ModelName.ToEnvironmentVariable(service.Name).ToUpperInvariant();
        builder.WithReferenceRelationship(service);
        if (service.Uri is { } uri)
        {
            return builder.WithEnvironment(context => Give(builder.Resource, context, variable, $"services__{service.Name}__{uri.Scheme}__0", uri.ToString()));
        }

        return builder.WithEnvironment(async context =>
        {
            if (context.ExecutionContext.IsPublishMode)
            {
                Give(builder.Resource, context, variable, $"services__{service.Name}__default__0", service.UrlParameter!);
                return;
            }

            var scheme = (await service.GetUriAsync(context.CancellationToken).ConfigureAwait(false)).Scheme;
            Give(builder.Resource, context, $"{variable}_{scheme.ToUpperInvariant()}", $"services__{service.Name}__{scheme}__0", service.UrlParameter!);
        });
    }

    /// <summary>Limits what references give to this resource.</summary>
    public static IResourceBuilder<T> WithReferenceEnvironment<T>(this IResourceBuilder<T> builder, ReferenceEnvironmentInjectionFlags flags) where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new ReferenceEnvironmentInjectionAnnotation(flags), ResourceAnnotationMutationBehavior.Replace);

    /// <summary>Adds a connection property to those that references to this resource give.</summary>
    public static IResourceBuilder<T> WithConnectionProperty<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value) where T : IResourceWithConnectionString =>
        builder.WithAnnotation(new ConnectionPropertyAnnotation(name, value));

    public static IResourceBuilder<T> WithConnectionProperty<T>(this IResourceBuilder<T> builder, string name, string value) where T : IResourceWithConnectionString =>
        builder.WithConnectionProperty(name, ReferenceExpression.Create($"{value}"));

    private static IResourceBuilder<T> WithEndpointsOf<T>(this IResourceBuilder<T> builder, IResourceWithServiceDiscovery source, string? name) where T : IResourceWithEnvironment =>
        builder.WithReferenceRelationship(source).WithEnvironment(context =>
            GiveEndpoints(builder.Resource, context, name ?? source.Name, source.GetEndpoints().Where(e => !e.EndpointAnnotation.ExcludeReferenceEndpoint)));

    private static void GiveEndpoints(IResource consumer, EnvironmentCallbackContext context, string name, IEnumerable<EndpointReference> endpoints)
    {
        var variable = ModelName.ToEnvironmentVariable(name).ToUpperInvariant();
        foreach (var endpoint in endpoints)
        {
            var key = endpoint.EndpointName is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName;
            var index = 0;
            while (context.EnvironmentVariables.TryGetValue($"services__{name}__{key}__{index}", out var given) && !Same(given, endpoint)) index++;
            Give(consumer, context, $"{variable}_{ModelName.ToEnvironmentVariable(endpoint.EndpointName).ToUpperInvariant()}", $"services__{name}__{key}__{index}", endpoint);
        }
    }

    private static bool Same(object given, EndpointReference endpoint) =>
        given is EndpointReference other && other.Resource == endpoint.Resource && other.EndpointName == endpoint.EndpointName;

    private static void Give(IResource consumer, EnvironmentCallbackContext context, string endpointVariable, string discoveryVariable, object value)
    {
        var flags = FlagsOf(consumer);
        if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.Endpoints)) context.EnvironmentVariables[endpointVariable] = value;
        if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ServiceDiscovery)) context.EnvironmentVariables[discoveryVariable] = value;
    }

    private static ReferenceEnvironmentInjectionFlags FlagsOf(IResource resource) =>
        resource.TryGetLastAnnotation<ReferenceEnvironmentInjectionAnnotation>(out var annotation) ? annotation.Flags : ReferenceEnvironmentInjectionFlags.All;
}
