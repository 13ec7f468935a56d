using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// A part without a life of its own, such as a database, follows what it belongs to: whenever that changes its state, so does
/// the part. What the AppHost says about the part itself stands until then.
/// </summary>
internal sealed class ChildStates(DistributedApplicationModel model, ResourceNotificationService notifications)
{
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var followed = new Dictionary<string, Life>(StringComparer.Ordinal);
        await foreach (var item in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            var life = new Life(item.Snapshot.State, item.Snapshot.StartTimeStamp, item.Snapshot.StopTimeStamp);
            if (followed.TryGetValue(item.ResourceId, out var last) && last == life) continue;
            followed[item.ResourceId] = life;
            foreach (var child in model.Resources.OfType<IResourceWithParent>().Where(c => ReferenceEquals(c.Parent, item.Resource) && Follows(c)))
            {
                await notifications.PublishUpdateAsync(child, s => s with
                {
                    State = life.State,
                    StartTimeStamp = life.Started,
                    StopTimeStamp = life.Stopped,
                    Properties = s.Properties.With(new ResourcePropertySnapshot(KnownProperties.Resource.ParentName, item.ResourceId)),
                }).ConfigureAwait(false);
            }
        }
    }

    private static bool Follows(IResourceWithParent child) => !child.RunsUnderDcp() && child is not IResourceWithoutLifetime;

    private sealed record Life(ResourceStateSnapshot? State, DateTime? Started, DateTime? Stopped);
}
