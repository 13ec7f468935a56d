using System.Globalization;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Jobs;

namespace Floe.SeedWorker.Ingest;

/// <summary>The first batch that others made, put together from its parts.</summary>
public sealed class StagedBatch(StagedParts parts, IFileIO io)
{
    /// <summary>The batch with the files of all its parts, ready to be committed.</summary>
    /// <returns>The batch, and of how many parts it is.</returns>
    /// <exception cref="JobRefusedException">It is not whole, or files of it are gone.</exception>
    public async Task<(WrittenBatch Batch, int Parts)> FindAsync(IReadOnlyDictionary<string, Table> tables, CancellationToken ct)
    {
        if (await parts.FindWholeAsync(ct) is not { } whole)
            throw new JobRefusedException("Generation:ByParts is true, and the parts of the first batch are not all in the store yet; have them made (generate --lakehouse --index I/N, for each I), or set Generation:ByParts to false.");
        List<(Table Table, IReadOnlyList<DataFile> Files)> files = [];
        foreach (var (name, table) in tables)
        {
            IReadOnlyList<DataFile> all = [.. whole.SelectMany(part => part.Files.GetValueOrDefault(name) ?? [])];
            await CheckAsync(table, all, ct);
            if (all.Count > 0)
                files.Add((table, all));
        }
        return (new WrittenBatch(BatchPlan.FromJson(whole[0].Plan), files), whole.Count);
    }

    /// <summary>Removes the notes of parts.</summary>
    public Task RemoveAsync(CancellationToken ct) => parts.RemoveAsync(ct);

    // Tables may have been dropped and made anew since, and whoever tidies up may have taken the files for orphans.
    private async Task CheckAsync(Table table, IReadOnlyList<DataFile> files, CancellationToken ct)
    {
        var there = new Dictionary<string, long>();
        await foreach (var file in io.ListAsync(table.Location.TrimEnd('/') + "/", ct))
            there[file.Location] = file.Size;
        if (files.FirstOrDefault(file => !there.TryGetValue(file.FilePath, out var size) || size != file.FileSizeInBytes) is { } gone)
            throw new JobRefusedException(string.Create(CultureInfo.InvariantCulture, $"The parts of the first batch name the file {gone.FilePath} with {gone.FileSizeInBytes} bytes, which {table.Identifier} does not have; remove the notes below the warehouse's folder .parts and have the parts made again."));
    }
}
