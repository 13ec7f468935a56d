using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Orchestration;

/// <summary>Refuses to start half an application because one of its fixed ports is taken.</summary>
internal static class FixedPorts
{
    /// <exception cref="DistributedApplicationException">A port is asked for twice or in use.</exception>
    public static void EnsureFree(DistributedApplicationModel model, IConfiguration configuration)
    {
        if (AreRandomized(configuration)) return;
        var owners = new Dictionary<int, string>();
        foreach (var resource in model.Resources.Where(r => r.RunsUnderDcp()))
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.Port is > 0))
            {
                var port = endpoint.Port!.Value;
                var name = $"the endpoint '{endpoint.Name}' of resource '{resource.Name}'";
                if (!owners.TryAdd(port, name)) throw new DistributedApplicationException(Text($"Port {port} is asked for by {owners[port]} and by {name}. Give one of them another port, or none for any free one."));
                if (!DashboardEndpointsFactory.IsFree(port)) throw new DistributedApplicationException(Text($"Port {port} is in use by another program, but {name} asks for it. Stop that program, or give the endpoint another port, or none for any free one."));
            }
        }
    }

    public static bool AreRandomized(IConfiguration configuration) => configuration.GetValue("DcpPublisher:RandomizePorts", false);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
