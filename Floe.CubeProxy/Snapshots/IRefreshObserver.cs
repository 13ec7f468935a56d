namespace Floe.CubeProxy.Snapshots;

/// <summary>Is told when the tables were loaded anew; in the refresher's time, so that it should be brief.</summary>
public interface IRefreshObserver
{
    /// <summary>A new set serves queries.</summary>
    /// <param name="set">The set, held.</param>
    /// <param name="started">When its loading began.</param>
    Task RefreshedAsync(SnapshotReader set, DateTimeOffset started, CancellationToken ct);

    /// <summary>The tables could not be loaded.</summary>
    void Failed(DateTimeOffset started, string reason);
}
