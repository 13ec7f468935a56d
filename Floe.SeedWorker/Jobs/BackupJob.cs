using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Backup;
using Floe.SeedWorker.Bootstrap;
using Microsoft.Extensions.Logging;

namespace Floe.SeedWorker.Jobs;

/// <summary>
/// Copies catalog and store to <c>Backup:Directory</c>. First what the catalog points to, then the files: those are there as long as what points to them is,
/// and runs are executed one at a time, so no maintenance removes them meanwhile.
/// </summary>
public sealed class BackupJob(ICatalog catalog, BootstrapPlan plan, BackupFolder backups, RunRecords records, TimeProvider time, ILogger<BackupJob> log) : IJob
{
    /// <summary>Name of the job.</summary>
    public const string JobName = "backup";

    // Writers besides the worker: so often they may come between.
    private const int Looks = 20;
    private const int FilesAtOnce = 8;

    /// <inheritdoc/>
    public string Name => JobName;

    /// <inheritdoc/>
    public JsonObject Parameters(JsonElement? request)
    {
        JobParameters.Members(request);
        return [];
    }

    /// <inheritdoc/>
    public async Task RunAsync(RunContext run, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var name = backups.Begin(now);
        // Before the catalog: what a run in the record committed is in the catalog then.
        await run.StepAsync("runs", async step => step.Rows = await records.SaveAsync(backups.PathOf(name), ct));
        var (namespaces, tables) = await run.StepAsync("catalog", async step =>
        {
            var found = await LookAsync(ct);
            step.Detail = $"{found.Tables.Count} tables";
            return found;
        });
        var files = await run.StepAsync("objects", async step =>
        {
            var (all, copied) = await CopyAsync(tables, ct);
            step.Detail = FormattableString.Invariant($"{all.Count} files, {all.Sum(f => f.Bytes) / 1e6:0.0} MB, of which {copied.Count} files, {copied.Sum(f => f.Bytes) / 1e6:0.0} MB are new");
            return all;
        });
        await backups.CompleteAsync(name, new BackupContent(
            BackupContent.CurrentVersion, now, plan.BaseLocation, namespaces, [.. tables.Select(t => new BackupTable(t.Identifier.ToString(), t.MetadataLocation!))], files), ct);
        await run.StepAsync("keep", async step =>
        {
            var (gone, unneeded) = await backups.PruneAsync(ct);
            return step.Detail = $"{backups.Names().Count} backups stay; {gone} were removed, and {unneeded} files";
        });
        await run.StepAsync("result", step => Task.FromResult(step.Detail = $"{name}: {tables.Count} tables, {files.Count} files"));
        log.LogInformation("{Job}: {Backup} has {Tables} tables in {Files} files", JobName, name, tables.Count, files.Count);
    }

    /// <summary>The catalog as it was at one moment: what two looks one after the other agree on was so between them.</summary>
    private async Task<(IReadOnlyList<BackupNamespace> Namespaces, IReadOnlyList<Table> Tables)> LookAsync(CancellationToken ct)
    {
        var namespaces = await NamespacesAsync(null, ct);
        var before = await TablesAsync(namespaces, ct);
        for (var look = 1; look < Looks; look++)
        {
            var now = await TablesAsync(namespaces, ct);
            if (now.Select(t => t.MetadataLocation).SequenceEqual(before.Select(t => t.MetadataLocation)))
                return (namespaces, now);
            before = now;
        }

        throw new InvalidOperationException($"The tables changed between any two of {Looks} looks at the catalog; stop the other writers for a moment.");
    }

    private async Task<List<BackupNamespace>> NamespacesAsync(string? parent, CancellationToken ct)
    {
        var found = new List<BackupNamespace>();
        foreach (var ns in (await catalog.ListNamespacesAsync(parent, ct)).Order(StringComparer.Ordinal))
        {
            found.Add(new BackupNamespace(ns, await catalog.LoadNamespaceAsync(ns, ct)));
            found.AddRange(await NamespacesAsync(ns, ct));
        }

        return found;
    }

    private async Task<List<Table>> TablesAsync(IReadOnlyList<BackupNamespace> namespaces, CancellationToken ct)
    {
        var tables = new List<Table>();
        foreach (var ns in namespaces)
        {
            foreach (var identifier in (await catalog.ListTablesAsync(ns.Name, ct)).OrderBy(t => t.Name, StringComparer.Ordinal))
                tables.Add(await catalog.LoadTableAsync(identifier, ct));
        }

        return tables;
    }

    private async Task<(IReadOnlyList<BackupFile> All, IReadOnlyCollection<BackupFile> Copied)> CopyAsync(IReadOnlyList<Table> tables, CancellationToken ct)
    {
        // A file of the last backup is known by its length, and read again when it is restored: reading everything with every backup would take as long as copying it.
        var known = backups.Names() is [.., var last] ? (await backups.ReadAsync(last, ct)).Files.ToDictionary(f => f.Location) : [];
        var (all, copied) = (new ConcurrentBag<BackupFile>(), new ConcurrentBag<BackupFile>());
        foreach (var table in tables)
        {
            await Parallel.ForEachAsync(await TableFiles.OfAsync(table, ct), new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = ct }, async (location, token) =>
            {
                if (known.GetValueOrDefault(location) is { } earlier && new FileInfo(backups.ObjectPath(location)) is { Exists: true } copy && copy.Length == earlier.Bytes)
                {
                    all.Add(earlier);
                    return;
                }

                await backups.CopyAsync(location, path => table.IO.DownloadAsync(location, path, token));
                var file = (await backups.FindAsync(location, token))!;
                all.Add(file);
                copied.Add(file);
            });
        }

        return ([.. all.OrderBy(f => f.Location, StringComparer.Ordinal)], copied);
    }
}
