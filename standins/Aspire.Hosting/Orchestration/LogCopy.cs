using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// One object's log: followed while it runs, and read to its end when it has ended. Following alone is not enough: DCP may end the followed log of a short
/// process only seconds after it.
/// </summary>
internal sealed class LogCopy(DcpClient client, string kind, string name, ResourceLoggerService loggers, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ended = new();
    private Task? _copying;

    /// <summary>Begins with the first call.</summary>
    /// <returns>Ends after <see cref="FinishAsync"/>, when the last line is in the console log.</returns>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _copying ??= Task.WhenAll(
                CopyAsync("stdout", line => line, isError: false, cancellationToken),
                CopyAsync("stderr", line => line, isError: true, cancellationToken),
                CopyAsync("system", DcpSystemLine.Error, isError: true, cancellationToken));
        }
    }

    /// <summary>The object has ended: nothing follows what DCP has now.</summary>
    public Task FinishAsync() => _ended.CancelAsync();

    private async Task CopyAsync(string source, Func<string, string?> select, bool isError, CancellationToken cancellationToken)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        var copied = await ReadAsync(follow: true, skip: 0, running.Token).ConfigureAwait(false);
        await Task.Delay(Timeout.InfiniteTimeSpan, running.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReadAsync(follow: false, skip: copied, cancellationToken).ConfigureAwait(false);

        async Task<int> ReadAsync(bool follow, int skip, CancellationToken stop)
        {
            var count = 0;
            try
            {
                await foreach (var line in client.ReadLogAsync(kind, name, source, follow, stop).ConfigureAwait(false))
                {
                    if (++count > skip && select(line) is { } text) loggers.Write(name, text, isError);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                logger.LogDebug(exception, "The {Source} of {Instance} can no longer be read.", source, name);
            }

            return count;
        }
    }
}
