using System.Runtime.CompilerServices;

namespace Aspire.Hosting.Dcp;

/// <summary>A watch that goes on when DCP ends it.</summary>
internal static class DcpWatch
{
    private const int MaxFailures = 5;

    /// <exception cref="DistributedApplicationException">DCP is gone.</exception>
    public static async IAsyncEnumerable<DcpWatchEvent<TSpec, TStatus>> FollowAsync<TSpec, TStatus>(DcpClient client, string kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            var events = client.WatchAsync<TSpec, TStatus>(kind, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (events.ConfigureAwait(false))
            {
                while (true)
                {
                    try
                    {
                        if (!await events.MoveNextAsync().ConfigureAwait(false)) break;
                    }
                    catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
                    {
                        if (++failures >= MaxFailures) throw new DistributedApplicationException("Aspire's orchestrator (DCP) ended unexpectedly; the resources end with it.", exception);
                        break;
                    }

                    failures = 0;
                    yield return events.Current;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken).ConfigureAwait(false);
        }
    }
}
