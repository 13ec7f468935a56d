using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Floe.SeedWorker.Jobs;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Backup;

/// <summary>
/// The folder of backups. Each is a folder <c>20261121T031500Z</c> with <c>backup.json</c>, written last, and the record of runs; beside them is
/// <c>objects</c>, the store's files by bucket and key. These never change, so that all backups share them and each copies only what is new.
/// </summary>
public sealed class BackupFolder(IOptions<BackupOptions> options)
{
    private const string NameFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const string ContentFile = "backup.json";
    private const string Objects = "objects";
    private const string Unfinished = ".partial";

    private string Root => options.Value.Directory is { Length: > 0 } folder
        ? folder
        : throw new JobRefusedException($"{BackupOptions.Section}:{nameof(BackupOptions.Directory)} is not set, so there is no place for backups; set it to a folder outside of what is backed up.");

    /// <summary>Whether a text is the name of a backup.</summary>
    public static bool IsName(string text) => DateTime.TryParseExact(text, NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>The folder of a backup.</summary>
    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>The names of the complete backups, oldest first.</summary>
    public IReadOnlyList<string> Names() => !Directory.Exists(Root) ? [] :
        [.. Directory.EnumerateDirectories(Root).Select(d => Path.GetFileName(d)!).Where(n => IsName(n) && File.Exists(Path.Combine(Root, n, ContentFile))).Order(StringComparer.Ordinal)];

    /// <summary>Makes the folder of a new backup.</summary>
    /// <returns>Its name.</returns>
    public string Begin(DateTimeOffset now)
    {
        for (var at = now.UtcDateTime; ; at = at.AddSeconds(1))
        {
            var name = at.ToString(NameFormat, CultureInfo.InvariantCulture);
            if (Directory.Exists(PathOf(name)))
                continue;
            Directory.CreateDirectory(PathOf(name));
            return name;
        }
    }

    /// <summary>What a backup has.</summary>
    /// <exception cref="JobRefusedException">There is no such backup, or another version of Floe made it.</exception>
    public async Task<BackupContent> ReadAsync(string name, CancellationToken ct)
    {
        var path = Path.Combine(PathOf(name), ContentFile);
        if (!File.Exists(path))
            throw new JobRefusedException($"There is no backup '{name}' in '{Root}'; there are {(Names() is { Count: > 0 } names ? string.Join(", ", names) : "none")}.");
        await using var file = File.OpenRead(path);
        try
        {
            var content = await JsonSerializer.DeserializeAsync(file, BackupJson.Default.BackupContent, ct);
            return content is { Version: BackupContent.CurrentVersion }
                ? content
                : throw new JobRefusedException($"The backup '{path}' has version {content?.Version}, and this program reads version {BackupContent.CurrentVersion}; restore it with the Floe that made it.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not readable ({e.Message}); take another backup.", e);
        }
    }

    /// <summary>Makes a backup complete.</summary>
    public async Task CompleteAsync(string name, BackupContent content, CancellationToken ct)
    {
        var path = Path.Combine(PathOf(name), ContentFile);
        await using (var file = File.Create(path + Unfinished))
        {
            await JsonSerializer.SerializeAsync(file, content, BackupJson.Default.BackupContent, ct);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + Unfinished, path, overwrite: true);
    }

    /// <summary>Where the copy of a store's file is.</summary>
    /// <exception cref="InvalidDataException">Its location would lead out of the folder.</exception>
    public string ObjectPath(string location)
    {
        var objects = Path.Combine(Path.GetFullPath(Root), Objects) + Path.DirectorySeparatorChar;
        var path = location.StartsWith("s3://", StringComparison.Ordinal) ? Path.GetFullPath(Path.Combine(objects, location["s3://".Length..])) : "";
        return path.StartsWith(objects, StringComparison.Ordinal) ? path : throw new InvalidDataException($"'{location}' is no location of an S3 store's file that a backup can have.");
    }

    /// <summary>Copies a file that is not here yet.</summary>
    /// <param name="location">Its location.</param>
    /// <param name="download">Writes it to a path.</param>
    public async Task CopyAsync(string location, Func<string, Task> download)
    {
        var path = ObjectPath(location);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // What has the name is whole, also when the process is killed.
        File.Delete(path + Unfinished);
        await download(path + Unfinished);
        File.Move(path + Unfinished, path, overwrite: true);
    }

    /// <summary>The copy of a store's file as it is here, or null when it is not.</summary>
    public async Task<BackupFile?> FindAsync(string location, CancellationToken ct)
    {
        var path = ObjectPath(location);
        if (!File.Exists(path))
            return null;
        await using var file = File.OpenRead(path);
        return new BackupFile(location, file.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct)));
    }

    /// <summary>Removes all backups but the latest, folders of backups that were never completed, and copies that no backup needs.</summary>
    /// <returns>How many backups and files.</returns>
    public async Task<(int Backups, int Files)> PruneAsync(CancellationToken ct)
    {
        var names = Names();
        var kept = options.Value.Keep == 0 ? names : [.. names.TakeLast(options.Value.Keep)];
        var gone = Directory.EnumerateDirectories(Root).Where(d => IsName(Path.GetFileName(d)!) && !kept.Contains(Path.GetFileName(d))).ToList();
        foreach (var folder in gone)
            Directory.Delete(folder, recursive: true);

        var needed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in kept)
            needed.UnionWith((await ReadAsync(name, ct)).Files.Select(f => ObjectPath(f.Location)));
        var objects = Path.Combine(Root, Objects);
        var unneeded = !Directory.Exists(objects) ? [] : Directory.EnumerateFiles(objects, "*", SearchOption.AllDirectories).Where(f => !needed.Contains(Path.GetFullPath(f))).ToList();
        foreach (var file in unneeded)
            File.Delete(file);
        return (gone.Count, unneeded.Count);
    }
}
