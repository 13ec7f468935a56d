using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Storage;
using Floe.SeedWorker.Backup;
using Floe.SeedWorker.Bootstrap;
using Microsoft.Extensions.Logging;

namespace Floe.SeedWorker.Jobs;

/// <summary>
/// Makes the tables of a backup what they were. First their files, then what points to them: a restore that is cut off leaves tables as they are or as they
/// were, none that points to nothing, and is done again by the next worker.
/// </summary>
public sealed class RestoreJob(ICatalog catalog, IFileIO store, BootstrapPlan plan, BackupFolder backups, RunRecords records, ILogger<RestoreJob> log) : IJob
{
    /// <summary>Name of the job.</summary>
    public const string JobName = "restore";

    private const int FilesAtOnce = 8;
    private const int NamesShown = 5;

    /// <inheritdoc/>
    public string Name => JobName;

    /// <inheritdoc/>
    public JsonObject Parameters(JsonElement? request)
    {
        var members = JobParameters.Members(request, "backup", "overwrite");
        var name = JobParameters.Text(members, "backup", 100);
        if (name.Length > 0 && !BackupFolder.IsName(name))
            throw new JobParameterException("backup", $"'{name}'", "it must be the name of a backup, for example 20261121T031500Z, or left out for the latest");
        return new() { ["backup"] = name, ["overwrite"] = JobParameters.Flag(members, "overwrite") };
    }

    /// <inheritdoc/>
    public async Task RunAsync(RunContext run, CancellationToken ct)
    {
        var overwrite = run.Parameters["overwrite"]!.GetValue<bool>();
        var name = run.Parameters["backup"]!.GetValue<string>() is { Length: > 0 } asked ? asked
            : backups.Names() is [.., var latest] ? latest
            : throw new JobRefusedException("There is no backup to restore; the job 'backup' makes one.");
        var backup = await backups.ReadAsync(name, ct);
        var others = await run.StepAsync("check", async step =>
        {
            if (backup.Location != plan.BaseLocation)
                throw new JobRefusedException($"The backup {name} is of tables at {backup.Location}, which their files name, and this lakehouse is at {plan.BaseLocation}; set Lakehouse:Bucket and the warehouse to those of the backup.");
            var (taken, left) = await InTheWayAsync(backup, overwrite, ct);
            if (taken.Count > 0)
            {
                throw new JobRefusedException(
                    $"The catalog has {Names(taken)} already, and what was written to {(taken.Count == 1 ? "it" : "them")} since {backup.MadeAt:u} would be lost; restore into an empty lakehouse, or say that this is meant with \"overwrite\": true.");
            }

            await CheckFilesAsync(name, backup, ct);
            step.Detail = $"{name}: {backup.Files.Count} files are whole";
            return left;
        });
        await run.StepAsync("objects", async step =>
        {
            await Parallel.ForEachAsync(backup.Files, new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = ct }, (file, token) => UploadAsync(file, overwrite, token));
            return step.Detail = FormattableString.Invariant($"{backup.Files.Count} files, {backup.Files.Sum(f => f.Bytes) / 1e6:0.0} MB");
        });
        await run.StepAsync("tables", async step =>
        {
            foreach (var ns in backup.Namespaces)
            {
                if (!await catalog.NamespaceExistsAsync(ns.Name, ct))
                    await catalog.CreateNamespaceAsync(ns.Name, ns.Properties, ct);
            }

            foreach (var table in backup.Tables)
            {
                var identifier = TableIdentifier.Parse(table.Name);
                if (overwrite || !await catalog.TableExistsAsync(identifier, ct))
                    await catalog.RegisterTableAsync(identifier, table.MetadataLocation, overwrite, ct);
            }

            return step.Detail = $"{backup.Tables.Count} tables";
        });
        await run.StepAsync("runs", async step => step.Rows = await records.AddAsync(backups.PathOf(name), ct));
        await run.StepAsync("result", step => Task.FromResult(step.Detail =
            $"{backup.Tables.Count} tables are as of {backup.MadeAt:u}{(others.Count == 0 ? "" : $"; {Names(others)}, which the backup does not have, stay as they are")}"));
        log.LogInformation("{Job}: {Backup} restored, {Tables} tables as of {MadeAt:u}", JobName, name, backup.Tables.Count, backup.MadeAt);
    }

    /// <summary>Tables of the catalog that the restore would replace, and those that the backup does not know.</summary>
    private async Task<(IReadOnlyList<TableIdentifier> Taken, IReadOnlyList<TableIdentifier> Others)> InTheWayAsync(BackupContent backup, bool overwrite, CancellationToken ct)
    {
        var wanted = backup.Tables.ToDictionary(t => TableIdentifier.Parse(t.Name), t => t.MetadataLocation);
        var (taken, others) = (new List<TableIdentifier>(), new List<TableIdentifier>());
        foreach (var ns in plan.Namespaces.Union(backup.Namespaces.Select(n => n.Name)))
        {
            if (!await catalog.NamespaceExistsAsync(ns, ct))
                continue;
            foreach (var table in await catalog.ListTablesAsync(ns, ct))
            {
                if (!wanted.TryGetValue(table, out var location))
                    others.Add(table);
                else if (!overwrite && !await PointsToAsync(table, location, ct))
                    taken.Add(table);
            }
        }

        return (taken, others);
    }

    // So a restore that was cut off goes on. A table that cannot be loaded is another's, too.
    private async Task<bool> PointsToAsync(TableIdentifier table, string location, CancellationToken ct)
    {
        try
        {
            return (await catalog.LoadTableAsync(table, ct)).MetadataLocation == location;
        }
        catch (Exception e) when (e is BadRequestException or NoSuchTableException or StorageException or CorruptFileException)
        {
            return false;
        }
    }

    private async Task CheckFilesAsync(string name, BackupContent backup, CancellationToken ct) =>
        await Parallel.ForEachAsync(backup.Files, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct }, async (file, token) =>
        {
            if (!file.Location.StartsWith(backup.Location + "/", StringComparison.Ordinal))
                throw new InvalidDataException($"The backup {name} has '{file.Location}', which is outside of {backup.Location}; nothing was changed.");
            var found = await backups.FindAsync(file.Location, token);
            if (found != file)
                throw new InvalidDataException($"The backup {name} is damaged: '{backups.ObjectPath(file.Location)}' {(found is null ? "is missing" : "has another content than when it was made")}; nothing was changed, take another backup.");
        });

    private async ValueTask UploadAsync(BackupFile file, bool overwrite, CancellationToken ct)
    {
        var path = backups.ObjectPath(file.Location);
        try
        {
            await store.UploadAsync(path, file.Location, ct);
        }
        catch (FileExistsException) when (overwrite)
        {
            // Files are never written twice, so what is there is damaged.
            await store.DeleteAsync([file.Location], ct);
            await store.UploadAsync(path, file.Location, ct);
        }
    }

    private static string Names(IReadOnlyList<TableIdentifier> tables) =>
        string.Join(", ", tables.Take(NamesShown)) + (tables.Count > NamesShown ? $" and {tables.Count - NamesShown} more tables" : "");
}
