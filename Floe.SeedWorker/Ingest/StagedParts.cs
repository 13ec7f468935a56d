using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Floe.Lakehouse;
using Floe.Lakehouse.Storage;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Ingest;

/// <summary>
/// Notes of the parts of a first batch that several processes make, one note per part, in a folder per batch: <c>s3://bucket/warehouse.parts/BATCH/…</c>.
/// A part that is made again, because nobody knows how the first attempt ended, has two notes; either is good.
/// </summary>
public sealed partial class StagedParts(IFileIO io, LakehouseConnection connection, IOptions<LakehouseOptions> options)
{
    private const int HashLength = 16;

    private string Root => $"s3://{options.Value.Bucket}/{connection.Warehouse}.parts/";

    /// <summary>Notes a part whose files are in the store.</summary>
    public Task AddAsync(StagedPart part, CancellationToken ct) => io.WriteAsync(
        string.Create(CultureInfo.InvariantCulture, $"{Folder(part.Plan)}{part.Number:00000}-of-{part.Of:00000}-{Guid.NewGuid():N}.json"),
        JsonSerializer.SerializeToUtf8Bytes(part, StagedJson.Default.StagedPart), ct);

    /// <summary>Whether a part of a batch is noted.</summary>
    public async Task<bool> HasAsync(string plan, int number, int of, CancellationToken ct) =>
        (await NotesAsync(Folder(plan), ct)).Any(note => note.Number == number && note.Of == of);

    /// <summary>All parts of a batch that is whole, or null when there is none.</summary>
    /// <exception cref="InvalidDataException">A note is damaged.</exception>
    public async Task<IReadOnlyList<StagedPart>?> FindWholeAsync(CancellationToken ct) =>
        WholeOf(await NotesAsync(Root, ct)) is { } notes ? await Task.WhenAll(notes.Select(note => ReadAsync(note.Location, ct))) : null;

    /// <summary>Whether there is a batch that is whole; reads no note.</summary>
    public async Task<bool> HasWholeAsync(CancellationToken ct) => WholeOf(await NotesAsync(Root, ct)) is not null;

    /// <summary>Removes all notes. Files that came into no table are orphans then, which tidying up finds.</summary>
    public async Task RemoveAsync(CancellationToken ct) => await io.DeleteAsync([.. (await NotesAsync(Root, ct)).Select(note => note.Location)], ct);

    private static IReadOnlyList<Note>? WholeOf(IEnumerable<Note> notes) => notes
        .GroupBy(note => (note.Folder, note.Of))
        .Select(batch => (batch.Key.Of, Notes: batch.GroupBy(note => note.Number).Select(part => part.MinBy(note => note.Location, StringComparer.Ordinal)!).ToList()))
        .FirstOrDefault(batch => batch.Notes.Count == batch.Of).Notes;

    private string Folder(string plan) => $"{Root}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(plan)))[..HashLength]}/";

    private async Task<List<Note>> NotesAsync(string prefix, CancellationToken ct)
    {
        List<Note> notes = [];
        await foreach (var file in io.ListAsync(prefix, ct))
            if (NoteName().Match(file.Location) is { Success: true } name)
                notes.Add(new(file.Location, name.Groups[1].Value, int.Parse(name.Groups[2].Value, CultureInfo.InvariantCulture), int.Parse(name.Groups[3].Value, CultureInfo.InvariantCulture)));
        return notes;
    }

    private async Task<StagedPart> ReadAsync(string location, CancellationToken ct)
    {
        try
        {
            return JsonSerializer.Deserialize(await io.ReadAsync(location, ct), StagedJson.Default.StagedPart) ?? throw new InvalidDataException($"The note {location} of a part is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The note {location} of a part cannot be read ({e.Message}); remove it, and have the part made again.", e);
        }
    }

    [GeneratedRegex(@"/([0-9a-f]+)/([0-9]{5})-of-([0-9]{5})-[0-9a-f]+\.json$")]
    private static partial Regex NoteName();

    private sealed record Note(string Location, string Folder, int Number, int Of);
}
