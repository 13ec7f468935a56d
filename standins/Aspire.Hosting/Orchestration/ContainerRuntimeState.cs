using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Whether containers can run, and under which name they see this machine.</summary>
internal sealed class ContainerRuntimeState(DcpServer server, IConfiguration configuration, ILogger<DistributedApplication> logger)
{
    public async Task DetectAsync(CancellationToken cancellationToken)
    {
        var runtime = await server.GetContainerRuntimeAsync(cancellationToken).ConfigureAwait(false);
        EndpointAddress.ContainerHostName = runtime.HostName is { Length: > 0 } host ? host : configuration["AppHost:ContainerHostname"] ?? "host.docker.internal";
        var name = runtime.Runtime is { Length: > 0 } given ? given : "docker";
        if (!runtime.Installed)
        {
            logger.LogWarning("Container runtime '{Runtime}' could not be found. Containers do not start; everything else does. Install Docker or Podman to run them.", name);
        }
        else if (!runtime.Running)
        {
            logger.LogWarning("Container runtime '{Runtime}' was found but appears to be unhealthy. Containers do not start; everything else does. {Error}", name, runtime.Error);
        }
    }
}
