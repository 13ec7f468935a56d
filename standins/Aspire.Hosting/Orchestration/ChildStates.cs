using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>A part without a life of its own, such as a database, is in the state of what it belongs to.</summary>
internal sealed class ChildStates(DistributedApplicationModel model, ResourceNotificationService notifications)
{
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var item in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var child in model.Resources.OfType<IResourceWithParent>().Where(c => ReferenceEquals(c.Parent, item.Resource) && Follows(c)))
            {
                await notifications.PublishUpdateAsync(child, s => Same(s, item) ? s : s with
                {
                    State = item.Snapshot.State,
                    StartTimeStamp = item.Snapshot.StartTimeStamp,
                    StopTimeStamp = item.Snapshot.StopTimeStamp,
                    Properties = s.Properties.With(new ResourcePropertySnapshot(KnownProperties.Resource.ParentName, item.ResourceId)),
                }).ConfigureAwait(false);
            }
        }
    }

    private static bool Follows(IResourceWithParent child) => !child.RunsUnderDcp() && child is not IResourceWithoutLifetime;

    private static bool Same(CustomResourceSnapshot child, ResourceEvent parent) =>
        child.State == parent.Snapshot.State && child.StartTimeStamp == parent.Snapshot.StartTimeStamp && child.StopTimeStamp == parent.Snapshot.StopTimeStamp;
}
