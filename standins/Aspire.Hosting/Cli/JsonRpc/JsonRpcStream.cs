using System.Threading.Channels;

namespace Aspire.Hosting.Cli.JsonRpc;

/// <summary>A sequence that the peer pulls batch by batch with <c>$/enumerator/next</c>.</summary>
internal sealed class JsonRpcStream : IAsyncDisposable
{
    private const int LargestBatch = 256;

    private readonly Channel<object?> _items = Channel.CreateBounded<object?>(LargestBatch);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;

    private JsonRpcStream(Func<Channel<object?>, CancellationToken, Task> pump) => _pump = Task.Run(() => pump(_items, _stop.Token));

    public static JsonRpcStream Of<TItem>(Func<CancellationToken, IAsyncEnumerable<TItem>> source) => new((items, stop) => PumpAsync(source, items, stop));

    /// <summary>At least one item, and all that wait; none and finished at the end. An error of the source is thrown here.</summary>
    public async Task<JsonRpcBatch> NextAsync(CancellationToken cancellationToken)
    {
        List<object?> values = [];
        if (await _items.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (values.Count < LargestBatch && _items.Reader.TryRead(out var item))
            {
                values.Add(item);
            }
        }

        return new JsonRpcBatch(values, values.Count == 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        _stop.Dispose();
    }

    private static async Task PumpAsync<TItem>(Func<CancellationToken, IAsyncEnumerable<TItem>> source, Channel<object?> items, CancellationToken stop)
    {
        try
        {
            await foreach (var item in source(stop).WithCancellation(stop).ConfigureAwait(false))
            {
                await items.Writer.WriteAsync(item, stop).ConfigureAwait(false);
            }

            items.Writer.Complete();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            items.Writer.Complete();
        }
        catch (Exception error)
        {
            items.Writer.Complete(error); // handed to the peer by its next call
        }
    }
}

/// <summary>The answer to <c>$/enumerator/next</c>.</summary>
internal sealed record JsonRpcBatch(IReadOnlyList<object?> Values, bool Finished);
