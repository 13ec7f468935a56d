using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Cli.JsonRpc;

/// <summary>Listens on a Unix domain socket that only this user can open, and serves every connection until it is disposed.</summary>
internal sealed class JsonRpcSocketServer : IAsyncDisposable
{
    /// <summary>Bytes of <c>sun_path</c> with the final zero; macOS has 104, Linux and Windows 108.</summary>
    public static int LongestPath => OperatingSystem.IsMacOS() ? 104 : 108;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly JsonRpcMethods _methods;
    private readonly ILogger _logger;
    private readonly Task _accepting;

    private JsonRpcSocketServer(string path, JsonRpcMethods methods, ILogger logger)
    {
        (Path, _methods, _logger) = (path, methods, logger);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Path { get; }

    /// <exception cref="DistributedApplicationException">The path is too long for a socket.</exception>
    public static JsonRpcSocketServer Start(string path, JsonRpcMethods methods, ILogger logger)
    {
        var bytes = System.Text.Encoding.UTF8.GetByteCount(path) + 1;
        if (bytes > LongestPath)
        {
            throw new DistributedApplicationException(
                $"The CLI socket '{path}' needs {bytes} bytes, but a Unix socket's path has {LongestPath}; use a shorter home directory.");
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.Delete(path);
        return new JsonRpcSocketServer(path, methods, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections.Keys).ConfigureAwait(false);
        File.Delete(Path);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket peer;
            try
            {
                peer = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                if (!_stop.IsCancellationRequested)
                {
                    _logger.LogWarning("The CLI socket '{Path}' accepts no more connections: {Reason}", Path, error.Message);
                }

                return;
            }

            var connection = ServeAsync(peer);
            _connections.TryAdd(connection, 0);
            _ = connection.ContinueWith(done => _connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket peer)
    {
        await Task.Yield();
        await using var connection = new JsonRpcConnection(new NetworkStream(peer, ownsSocket: true), _methods, _logger);
        await connection.RunAsync(_stop.Token).ConfigureAwait(false);
    }
}
