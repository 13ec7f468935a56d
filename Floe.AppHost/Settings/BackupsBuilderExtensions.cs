using Floe.AppHost.Settings;

namespace Aspire.Hosting;

/// <summary>Where the worker puts backups.</summary>
internal static class BackupsBuilderExtensions
{
    /// <summary>
    /// Sets the worker's folder of backups: <c>Floe:BackupDirectory</c>, or one per data directory beside them, so that who deletes the data keeps the backups.
    /// A publish has none: there it is a volume, which the chart's values name.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithBackups(this IResourceBuilder<ProjectResource> worker)
    {
        var builder = worker.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
            return worker;
        var stack = builder.GetFloeStack();
        return worker.WithEnvironment("Backup__Directory", stack.Settings.BackupDirectory ?? (stack.Data is { FullPath: var data }
            ? Path.Combine(Path.GetDirectoryName(data)!, "backups", Path.GetFileName(data))
            : Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..", ".floe", "backups", "containers"))));
    }
}
