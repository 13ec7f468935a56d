using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>
/// The events that are not delivered yet, a file each, in the order in which they came. They are there after a restart and a kill; of too many the oldest go.
/// Where the folder cannot be written they wait in memory.
/// </summary>
/// <remarks>A file has its whole content when it has its name. Power that fails may take the last of them: no event is worth a flush to the disk.</remarks>
internal sealed partial class LineageOutbox
{
    private const string Extension = ".json";
    private const string Unfinished = ".tmp";

    private static readonly TimeSpan s_left = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly int _mostEvents;
    private readonly long _mostBytes;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly object _gate = new();
    private readonly LinkedList<Entry> _entries = [];
    private readonly SemaphoreSlim _added = new(0, 1);
    private long _bytes;
    private long _last;
    private bool _saidInMemory;

    /// <summary>Opens the folder; what another life of the service left in it waits again.</summary>
    public LineageOutbox(string folder, int mostEvents, long mostBytes, TimeProvider time, ILogger log)
    {
        (_folder, _mostEvents, _mostBytes, _time, _log) = (folder, mostEvents, mostBytes, time, log);
        try
        {
            // What lies here is for this user alone, as the data is.
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotWritable(e);
        }
    }

    /// <summary>An event that waits.</summary>
    /// <param name="Name">Orders the events.</param>
    /// <param name="Size">In bytes.</param>
    /// <param name="Content">Where it could not be written to a file.</param>
    internal sealed record Entry(string Name, long Size, byte[]? Content);

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    /// <summary>Takes an event in.</summary>
    /// <returns>How many others were lost for it.</returns>
    public int Add(byte[] content)
    {
        lock (_gate)
        {
            _last = Math.Max(_last + 1, _time.GetUtcNow().Ticks);
            var name = string.Create(CultureInfo.InvariantCulture, $"{_last:D19}-{Environment.ProcessId}{Extension}");
            Enqueue(new(name, content.Length, TryWrite(name, content) ? null : content));
            var lost = 0;
            while ((_entries.Count > _mostEvents || _bytes > _mostBytes) && _entries is { Count: > 1, First.Value: { } oldest })
            {
                RemoveLocked(oldest);
                lost++;
            }

            if (_added.CurrentCount == 0)
                _added.Release();
            return lost;
        }
    }

    /// <summary>The oldest event, or null.</summary>
    public Entry? First()
    {
        lock (_gate)
            return _entries.First?.Value;
    }

    /// <summary>The event's JSON; null when its file is gone.</summary>
    public async Task<byte[]?> ReadAsync(Entry entry, CancellationToken ct)
    {
        if (entry.Content is { } content)
            return content;
        try
        {
            return await File.ReadAllBytesAsync(PathOf(entry), ct);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Forgets an event.</summary>
    /// <returns>False: it was lost before, to make room.</returns>
    public bool Remove(Entry entry)
    {
        lock (_gate)
            return RemoveLocked(entry);
    }

    /// <summary>Waits until an event was added since the last time.</summary>
    public Task WaitAsync(CancellationToken ct) => _added.WaitAsync(ct);

    private string PathOf(Entry entry) => Path.Combine(_folder, entry.Name);

    private void Enqueue(Entry entry)
    {
        _entries.AddLast(entry);
        _bytes += entry.Size;
    }

    private bool RemoveLocked(Entry entry)
    {
        if (!_entries.Remove(entry))
            return false;
        _bytes -= entry.Size;
        if (entry.Content is not null)
            return true;
        try
        {
            File.Delete(PathOf(entry));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is delivered a second time after the next start, which changes nothing there.
            LogKept(entry.Name, _folder, e.Message);
        }

        return true;
    }

    private void Load()
    {
        foreach (var file in new DirectoryInfo(_folder).GetFiles().OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            if (file.Extension == Extension)
                Enqueue(new(file.Name, file.Length, null));
            else if (file.Extension == Unfinished && _time.GetUtcNow() - file.LastWriteTimeUtc > s_left)
                file.Delete();
        }

        if (_entries.Count == 0)
            return;
        _added.Release();
        LogLeft(_entries.Count, _folder);
    }

    private bool TryWrite(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        try
        {
            File.WriteAllBytes(path + Unfinished, content);
            File.Move(path + Unfinished, path);
            _saidInMemory = false;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotWritable(e);
            return false;
        }
    }

    private void NotWritable(Exception e)
    {
        if (_saidInMemory)
            return;
        _saidInMemory = true;
        LogInMemory(_folder, e.Message.TrimEnd('.'));
    }

    [LoggerMessage(1, LogLevel.Information, "{Count} lineage events of an earlier run of this service wait in {Folder}")]
    private partial void LogLeft(int count, string folder);

    [LoggerMessage(2, LogLevel.Error, "Lineage events cannot be kept in {Folder} ({Reason}): they wait in memory and are lost when the service ends before they are delivered; name a writable folder by Lineage:OutboxDirectory")]
    private partial void LogInMemory(string folder, string reason);

    [LoggerMessage(3, LogLevel.Warning, "The delivered lineage event {Name} cannot be removed from {Folder}: {Reason}")]
    private partial void LogKept(string name, string folder, string reason);
}
