namespace Floe.AppHost.Settings;

/// <summary>Commands of the dashboard that call the worker's API.</summary>
internal static class Commands
{
    public static HttpCommandOptions GenerateOrders => new()
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

    public static HttpCommandOptions Maintain => new()
    {
        Description = "Puts small files together and removes what is not needed any more.",
        IconName = "Broom",
    };

    public static HttpCommandOptions Backup => new()
    {
        Description = "Copies catalog and store to the folder of backups.",
        IconName = "Save",
    };

    public static HttpCommandOptions SeedDemoData => new()
    {
        Description = "Writes the demo data into empty tables; leaves tables with data alone, and rebuilds the models.",
        IconName = "DatabaseArrowDown",
    };
}
