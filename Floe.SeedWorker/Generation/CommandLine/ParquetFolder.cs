namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>
/// The folder that <c>generate</c> writes to. Files are made in a hidden folder inside and moved to their places when all of a batch are complete:
/// whoever reads the tables' folders never sees half a file. What a killed run left in the hidden folder, the next run of the shard removes.
/// </summary>
internal sealed class ParquetFolder : IDisposable
{
    private readonly string _folder;
    private readonly string _hidden;
    private readonly FileStream _lock;

    /// <summary>Takes the folder for a shard.</summary>
    /// <exception cref="IOException">It has files already that the shard would meet, or another process writes the same shard.</exception>
    public ParquetFolder(string folder, (int Number, int Of) shard)
    {
        _folder = folder;
        _hidden = Path.Combine(folder, $".generating-{shard.Number}-of-{shard.Of}");
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"--out is {folder}, which cannot be created ({e.Message.TrimEnd('.')}); give a folder that you may write to.", e);
        }

        try
        {
            _lock = new FileStream(_hidden + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e)
        {
            throw new IOException($"--out is {folder}, where another process generates the same shard {shard.Number}/{shard.Of}; wait for it, or give another folder.", e);
        }

        try
        {
            if (Directory.Exists(_hidden))
                Directory.Delete(_hidden, recursive: true);
            var own = WorkUnit.PartName(shard, 0)[..^"00000.parquet".Length];
            var shards = $"-of-{shard.Of:0000}-";
            foreach (var file in Directory.EnumerateFiles(folder, "part-*.parquet", new EnumerationOptions { RecurseSubdirectories = true }))
            {
                var name = Path.GetFileName(file);
                if (name.StartsWith(own, StringComparison.Ordinal) || !name.Contains(shards, StringComparison.Ordinal))
                    throw new IOException($"--out is {folder}, which has files of an earlier run ({Path.GetRelativePath(folder, file)}) that would be mixed with the new ones; remove them, or give another folder.");
            }
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The hidden path of a file that is being made.</summary>
    public string Begin(string file)
    {
        var path = Path.Combine(_hidden, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Moves all complete files to their places.</summary>
    public void Publish()
    {
        if (!Directory.Exists(_hidden))
            return;
        foreach (var path in Directory.EnumerateFiles(_hidden, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var place = Path.Combine(_folder, Path.GetRelativePath(_hidden, path));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Move(path, place);
        }
    }

    /// <summary>Removes what was not published.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_hidden))
            Directory.Delete(_hidden, recursive: true);
        _lock.Dispose();
    }
}
