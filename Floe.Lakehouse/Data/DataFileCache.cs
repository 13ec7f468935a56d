namespace Floe.Lakehouse.Data;

/// <summary>Local copies of immutable files, least recently used ones removed above a bound. Safe for several processes on one folder.</summary>
public sealed class DataFileCache
{
    /// <summary>Local path of the file, fetched when it is not there yet. The path stays valid for at least ten minutes after the call.</summary>
    public Task<string> GetAsync(string location, CancellationToken ct) => throw new NotImplementedException();
}
