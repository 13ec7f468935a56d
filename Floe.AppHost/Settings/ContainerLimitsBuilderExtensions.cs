using System.Globalization;
using Floe.AppHost.Publishing.Clusters;

namespace Aspire.Hosting;

/// <summary>How much of this machine the containers of a run may take.</summary>
internal static class ContainerLimitsBuilderExtensions
{
    /// <summary>
    /// Gives every container that is in the model now the memory and CPU that a pod of the size <c>Floe:ContainerSize</c> has at most. What is published has
    /// its limits from the charts.
    /// </summary>
    public static void LimitContainers(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode)
            return;
        var size = builder.GetFloeStack().Settings.ContainerSize;
        foreach (var container in builder.Resources.OfType<ContainerResource>().ToList())
        {
            var most = ComponentSizes.Of(container, size).Limits;
            builder.CreateResourceBuilder(container).WithContainerRuntimeArgs(
                $"--memory={most.Mebibytes}m", string.Create(CultureInfo.InvariantCulture, $"--cpus={most.Millicores / 1000m:0.###}"));
        }
    }
}
