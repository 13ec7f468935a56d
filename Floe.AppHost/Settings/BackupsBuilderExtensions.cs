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
        return worker.WithEnvironment("Backup__Directory", Folder(builder.GetFloeStack(), builder.AppHostDirectory));
    }

    /// <summary>The folder of a stack's backups.</summary>
    internal static string Folder(FloeStack stack, string appHostDirectory) => stack.Settings.BackupDirectory ?? (stack.Data is { FullPath: var data }
        ? Path.Combine(Path.GetDirectoryName(data)!, "backups", Path.GetFileName(data))
        : Path.GetFullPath(Path.Combine(appHostDirectory, "..", ".floe", "backups", "containers")));
}
