using System.Globalization;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Telemetry;

namespace Aspire.Hosting.Orchestration;

/// <summary>Creates the DCP object that runs one instance of a resource.</summary>
internal sealed class DcpObjectFactory(ResourceValues values, ContainerSpecFactory containers, ProjectProgram projects)
{
    public async Task CreateAsync(DcpClient client, IResource resource, ResourceInstance instance, CancellationToken cancellationToken)
    {
        var environment = await values.GetEnvironmentAsync(resource, cancellationToken).ConfigureAwait(false);
        var arguments = await values.GetArgumentsAsync(resource, cancellationToken).ConfigureAwait(false);
        if (resource.IsContainer())
        {
            await client.CreateAsync(new DcpObject<ContainerSpec, ContainerStatus>
            {
                Kind = DcpKinds.Container,
                Metadata = Metadata(resource, instance),
                Spec = await containers.CreateAsync(resource, instance, environment, arguments, cancellationToken).ConfigureAwait(false),
            }, cancellationToken).ConfigureAwait(false);
            return;
        }

        var (program, folder, programArguments) = resource switch
        {
            ProjectResource project => projects.Find(project),
            ExecutableResource executable => (executable.Command, executable.WorkingDirectory, []),
            _ => throw new DistributedApplicationException($"Resource '{resource.Name}' of type '{resource.GetType()}' is neither a project nor an executable nor a container."),
        };
        if (!Directory.Exists(folder)) throw new DistributedApplicationException($"The working directory '{folder}' of resource '{resource.Name}' does not exist.");
        await client.CreateAsync(new DcpObject<ExecutableSpec, ExecutableStatus>
        {
            Kind = DcpKinds.Executable,
            Metadata = Metadata(resource, instance),
            Spec = new ExecutableSpec { ExecutablePath = program, WorkingDirectory = folder, Args = [.. programArguments, .. arguments], Env = environment },
        }, cancellationToken).ConfigureAwait(false);
    }

    private static DcpMetadata Metadata(IResource resource, ResourceInstance instance)
    {
        ServiceProducer[] producers =
        [
            .. resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.IsProxied)
                .Select(e => new ServiceProducer(EndpointAllocator.ServiceName(resource, e), resource.IsContainer() ? null : "localhost", e.TargetPort)),
        ];
        var annotations = new Dictionary<string, string>
        {
            ["resource-name"] = resource.Name,
            ["resource-replica-count"] = resource.GetReplicaCount().ToString(CultureInfo.InvariantCulture),
            ["resource-replica-index"] = instance.Index.ToString(CultureInfo.InvariantCulture),
            ["otel-service-name"] = resource.Name,
            [OtlpEnvironment.InstanceIdAnnotation] = instance.Suffix,
        };
        if (producers.Length > 0) annotations[ServiceProducer.Annotation] = JsonSerializer.Serialize(producers, DcpJson.Default.ServiceProducerArray);
        return new DcpMetadata { Name = instance.Name, Annotations = annotations };
    }
}
