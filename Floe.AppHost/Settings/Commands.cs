namespace Floe.AppHost.Settings;

/// <summary>Commands of the dashboard that call the worker's API.</summary>
internal static class Commands
{
    public static HttpCommandOptions Generate => new()
    {
        Description = "Writes a batch of 100 new orders and rebuilds the models.",
        IconName = "AddCircle",
        IsHighlighted = true,
    };

    public static HttpCommandOptions Transform => new()
    {
        Description = "Rebuilds the models from the raw tables.",
        IconName = "ArrowSyncCircle",
    };
}
