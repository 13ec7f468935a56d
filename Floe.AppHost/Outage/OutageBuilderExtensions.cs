using Floe.AppHost.Minio;
using Floe.AppHost.Outage;

namespace Aspire.Hosting;

/// <summary>Failure handling to look at.</summary>
internal static class OutageBuilderExtensions
{
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(30);

    /// <summary>Adds the command that takes the store away for half a minute; when the application runs, and in no other mode.</summary>
    public static void WithOutageCommand(
        this IResourceBuilder<IMinioResource> store, IResourceBuilder<ProjectResource> worker, IResourceBuilder<ProjectResource> cubeproxy, IResourceBuilder<ParameterResource> apiSecret)
    {
        if (store.ApplicationBuilder.ExecutionContext.IsPublishMode)
            return;
        store.WithCommand(
            "break-storage", "Break storage for 30 s",
            context => new StoreOutage(store.Resource, worker.GetEndpoint("http"), cubeproxy.GetEndpoint("http"), apiSecret.Resource, context.Services).RunAsync(s_length, context.Logger, context.CancellationToken),
            new CommandOptions
            {
                Description = "Stops the store for half a minute, asks for 100 orders meanwhile, and shows who says what, who waits, and that nothing is lost.",
                ConfirmationMessage = "Stop the store for 30 seconds? Queries are answered from what is loaded, runs wait until it is back.",
                IconName = "PlugDisconnected",
                UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
            });
    }
}
