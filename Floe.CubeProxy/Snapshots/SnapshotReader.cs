namespace Floe.CubeProxy.Snapshots;

/// <summary>A reader's hold on one set.</summary>
public sealed class SnapshotReader : IDisposable
{
    private SnapshotSet? _set;

    internal SnapshotReader(SnapshotSet set) => _set = set;

    public SnapshotSet Set => _set ?? throw new ObjectDisposedException(nameof(SnapshotReader));

    public void Dispose() => Interlocked.Exchange(ref _set, null)?.Release();
}
