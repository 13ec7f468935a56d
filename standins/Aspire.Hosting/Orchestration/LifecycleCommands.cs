using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Start, stop and restart of everything that DCP runs.</summary>
internal static class LifecycleCommands
{
    public static void Add(IResource resource, ManagedResources managed)
    {
        if (resource.Annotations.OfType<ResourceCommandAnnotation>().Any(c => c.Name == KnownResourceCommands.StartCommand)) return;
        resource.Annotations.Add(Command(KnownResourceCommands.StartCommand, "Start", "Start resource", "Play", IconVariant.Filled, highlighted: true, StartState, async context =>
        {
            await managed.Get(resource).StartAsync(context.ResourceName, context.CancellationToken).ConfigureAwait(false);
            return CommandResults.Success($"Successfully started '{resource.Name}'.");
        }));
        resource.Annotations.Add(Command(KnownResourceCommands.StopCommand, "Stop", "Stop resource", "Stop", IconVariant.Filled, highlighted: true, StopState, async context =>
        {
            await managed.Get(resource).StopAsync(context.ResourceName, context.CancellationToken).ConfigureAwait(false);
            return CommandResults.Success($"Successfully stopped '{resource.Name}'.");
        }));
        var restart = resource is ProjectResource ? "Restart resource. Source code is not recompiled." : "Restart resource";
        resource.Annotations.Add(Command(KnownResourceCommands.RestartCommand, "Restart", restart, "ArrowCounterclockwise", IconVariant.Regular, highlighted: false, RestartState, async context =>
        {
            await managed.Get(resource).RestartAsync(context.ResourceName, context.CancellationToken).ConfigureAwait(false);
            return CommandResults.Success($"Successfully restarted '{resource.Name}'.");
        }));
    }

    private static ResourceCommandState StartState(string? state) => state switch
    {
        "Finished" or "Exited" or "FailedToStart" or "NotStarted" or "Unknown" or "Waiting" => ResourceCommandState.Enabled,
        "Starting" or "Building" or "RuntimeUnhealthy" or null => ResourceCommandState.Disabled,
        _ => ResourceCommandState.Hidden,
    };

    private static ResourceCommandState StopState(string? state) => state switch
    {
        "Stopping" => ResourceCommandState.Disabled,
        "Finished" or "Exited" or "FailedToStart" or "NotStarted" or "Unknown" or "Starting" or "Waiting" or "Building" or "RuntimeUnhealthy" or null => ResourceCommandState.Hidden,
        _ => ResourceCommandState.Enabled,
    };

    private static ResourceCommandState RestartState(string? state) => state switch
    {
        "Starting" or "Stopping" or "Finished" or "Exited" or "FailedToStart" or "NotStarted" or "Unknown" or "Waiting" or "Building" or "RuntimeUnhealthy" or null => ResourceCommandState.Disabled,
        _ => ResourceCommandState.Enabled,
    };

    private static ResourceCommandAnnotation Command(string name, string displayName, string description, string icon, IconVariant variant, bool highlighted, Func<string?, ResourceCommandState> state, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute) =>
        new(name, displayName, context => state(context.ResourceSnapshot.State?.Text), execute, new CommandOptions { Description = description, IconName = icon, IconVariant = variant, IsHighlighted = highlighted });
}
