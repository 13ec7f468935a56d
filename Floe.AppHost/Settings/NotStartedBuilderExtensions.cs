using Floe.AppHost.Settings;

namespace Aspire.Hosting;

/// <summary>Rows of the dashboard for what does not run in this mode.</summary>
internal static class NotStartedBuilderExtensions
{
    /// <summary>Shows <paramref name="name"/> as not started, and why, and what serves instead.</summary>
    public static IResourceBuilder<NotStartedResource> AddNotStarted(
        this IDistributedApplicationBuilder builder, string name, string insteadOf, string image) =>
        builder.AddResource(new NotStartedResource(name))
            .ExcludeFromManifest()
            .WithIconName("CircleOff", IconVariant.Regular)
            .WithInitialState(new CustomResourceSnapshot
            {
                ResourceType = "Container (not in embedded mode)",
                State = new ResourceStateSnapshot(KnownResourceStates.NotStarted, KnownResourceStateStyles.Info),
                Properties =
                [
                    // The column Source of the list: what serves instead, without opening the details.
                    new("resource.source", insteadOf),
                    new("Why", "Embedded mode has no container runtime.") { DisplayName = "Why not started", IsHighlighted = true, SortOrder = 0 },
                    new("Instead", insteadOf) { DisplayName = "Instead", IsHighlighted = true, SortOrder = 1 },
                    new("Image", image) { DisplayName = "In container mode", IsHighlighted = true, SortOrder = 2 },
                ],
            });
}
