namespace Floe.CubeProxy.Snapshots;

/// <summary>A reader's hold on one set.</summary>
public sealed class SnapshotReader : IDisposable
{
    private SnapshotSet? _set;

    internal SnapshotReader(SnapshotSet set) => _set = set;

    public SnapshotSet Set => _set ?? throw new ObjectDisposedException(nameof(SnapshotReader));

    /// <summary>Another hold on the same set, to be disposed on its own; call while this one is held or the set is current.</summary>
    /// <exception cref="ObjectDisposedException">This hold was given back.</exception>
    public SnapshotReader Again() => Set.ReadAgain();

    public void Dispose() => Interlocked.Exchange(ref _set, null)?.Release();
}
