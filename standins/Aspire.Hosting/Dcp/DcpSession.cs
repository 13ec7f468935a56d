using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>The DCP of this application: begun early, used by everybody, ended with everything that it runs.</summary>
internal sealed class DcpSession(DcpServer server, ILogger<DcpSession> logger) : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(45);
    private readonly CancellationTokenSource _abandon = new();
    private readonly Lock _lock = new();
    private Task<DcpClient>? _client;
    private Task? _shutdown;

    /// <summary>Starts DCP on the first call.</summary>
    public Task<DcpClient> GetClientAsync()
    {
        lock (_lock) return _client ??= Task.Run(() => server.StartAsync(_abandon.Token));
    }

    /// <summary>Ends everything that DCP runs, then DCP; at most once.</summary>
    public Task ShutdownAsync()
    {
        lock (_lock) return _shutdown ??= _client is null ? Task.CompletedTask : ShutdownAsync(_client);
    }

    public async ValueTask DisposeAsync()
    {
        await ShutdownAsync().ConfigureAwait(false);
        if (_client is { IsCompletedSuccessfully: true }) (await _client.ConfigureAwait(false)).Dispose();
        _abandon.Dispose();
    }

    private async Task ShutdownAsync(Task<DcpClient> starting)
    {
        using var timeout = new CancellationTokenSource(ShutdownTimeout);
        try
        {
            // Even one that is just starting has to be told to end.
            var client = await starting.WaitAsync(timeout.Token).ConfigureAwait(false);
            await client.ShutdownAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (DistributedApplicationException)
        {
            // It never started; whoever waits for it has the reason.
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            await _abandon.CancelAsync().ConfigureAwait(false);
            logger.LogWarning("DCP did not end in an orderly way ({Reason}); it ends by itself after this process.", exception.Message);
        }
    }
}
