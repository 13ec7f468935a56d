using System.Collections.Concurrent;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Orchestration;

/// <summary>Gives every endpoint its public address: a DCP service for proxied ones, which stays over restarts.</summary>
internal sealed class EndpointAllocator(DcpSession dcp, IConfiguration configuration)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ServiceStatus>> _services = new(StringComparer.Ordinal);

    /// <summary><c>{resource}</c> when it has one endpoint, else <c>{resource}-{endpoint}</c>.</summary>
    public static string ServiceName(IResource resource, EndpointAnnotation endpoint) =>
        resource.Annotations.OfType<EndpointAnnotation>().Count() == 1 ? resource.Name : $"{resource.Name}-{endpoint.Name}";

    /// <exception cref="DistributedApplicationException">An endpoint breaks a rule.</exception>
    public async Task AllocateAsync(IResource resource, CancellationToken cancellationToken)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.AllocatedEndpoint is null).ToList();
        try
        {
            foreach (var endpoint in endpoints) Check(resource, endpoint);
            await Task.WhenAll(endpoints.Select(e => AllocateAsync(resource, e, cancellationToken))).ConfigureAwait(false);
        }
        catch (DistributedApplicationException exception)
        {
            foreach (var endpoint in endpoints) endpoint.FailAllocation(exception);
            throw;
        }
    }

    /// <summary>Hears of the ports that DCP chose.</summary>
    public async Task WatchAsync(DcpClient client, CancellationToken cancellationToken)
    {
        await foreach (var service in DcpWatch.FollowAsync<ServiceSpec, ServiceStatus>(client, DcpKinds.Service, cancellationToken).ConfigureAwait(false))
        {
            if (service.Object.Status is { EffectivePort: > 0 } status) Pending(service.Object.Metadata.Name).TrySetResult(status);
        }
    }

    private static void Check(IResource resource, EndpointAnnotation endpoint)
    {
        if (resource.IsContainer())
        {
            if (endpoint.TargetPort is null) throw new DistributedApplicationException($"The endpoint '{endpoint.Name}' for container resource '{resource.Name}' must specify the TargetPort value.");
            return;
        }

        if (!endpoint.IsProxied && endpoint.Port is null) throw new DistributedApplicationException($"The endpoint '{endpoint.Name}' of resource '{resource.Name}' needs a port since it isn't using a proxy.");
        if (endpoint.IsProxied && endpoint.Port is { } port && port == endpoint.TargetPort)
        {
            throw new DistributedApplicationException(string.Create(CultureInfo.InvariantCulture, $"The endpoint '{endpoint.Name}' for resource '{resource.Name}' requested a proxy and has port and target port {port}. Give them different numbers, leave out the target port, or set isProxied to false."));
        }

        if (resource.GetReplicaCount() > 1 && (!endpoint.IsProxied || endpoint.TargetPort is not null))
        {
            throw new DistributedApplicationException($"The endpoint '{endpoint.Name}' of resource '{resource.Name}' is bound to one port, but the resource has {resource.GetReplicaCount()} replicas. Leave out the target port and keep the proxy.");
        }
    }

    private async Task AllocateAsync(IResource resource, EndpointAnnotation endpoint, CancellationToken cancellationToken)
    {
        if (!endpoint.IsProxied && endpoint.Port is { } direct)
        {
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", direct);
            return;
        }

        var name = ServiceName(resource, endpoint);
        var pending = Pending(name);
        var client = await dcp.GetClientAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        await client.CreateAsync(new DcpObject<ServiceSpec, ServiceStatus>
        {
            Kind = DcpKinds.Service,
            Metadata = new DcpMetadata { Name = name, Annotations = new() { ["resource-name"] = resource.Name, ["endpoint-name"] = endpoint.Name } },
            Spec = new ServiceSpec
            {
                AddressAllocationMode = "Localhost",
                Address = "localhost",
                Protocol = endpoint.Protocol.ToString().ToUpperInvariant(),
                Port = FixedPorts.AreRandomized(configuration) ? null : endpoint.Port,
            },
        }, cancellationToken).ConfigureAwait(false);
        var status = await pending.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        // DCP binds the loopback address; the name is what certificates and cookies are made for.
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", status.EffectivePort!.Value, resource.IsContainer() || endpoint.TargetPort is not null ? null : $"{{{{- portForServing \"{name}\" -}}}}");
    }

    private TaskCompletionSource<ServiceStatus> Pending(string service) =>
        _services.GetOrAdd(service, _ => new TaskCompletionSource<ServiceStatus>(TaskCreationOptions.RunContinuationsAsynchronously));
}
