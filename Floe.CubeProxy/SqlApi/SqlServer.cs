using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Security.Authentication;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.SqlApi.Sessions;
using Floe.CubeProxy.SqlApi.Wire;
using Floe.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Floe.CubeProxy.SqlApi;

/// <summary>Listens for clients of PostgreSQL and gives each a session.</summary>
internal sealed partial class SqlServer(SqlApiSettings settings, SignIn signIn, ISqlBackend backend, TimeProvider time, ILoggerFactory logs) : IHostedService, IAsyncDisposable
{
    // What the socket buffers per connection, beyond the message that is being read or sent.
    private const int SocketBuffer = 64 * 1024;

    private readonly ILogger _log = logs.CreateLogger<SqlServer>();
    private readonly ConcurrentDictionary<ConnectionContext, Task> _sessions = new();
    private readonly CancellationTokenSource _stop = new();
    private IConnectionListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _open;

    /// <summary>Where it listens, once it has started.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)(_listener ?? throw new InvalidOperationException("The SQL API has not started.")).EndPoint;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions { MaxReadBufferSize = SocketBuffer, MaxWriteBufferSize = SocketBuffer }), logs);
        try
        {
            _listener = await transport.BindAsync(settings.Endpoint, cancellationToken);
        }
        catch (Exception e) when (e is AddressInUseException or System.Net.Sockets.SocketException)
        {
            throw new ConfigurationException($"The SQL API cannot listen on {settings.Endpoint}: {e.Message.TrimEnd('.')}. Stop what listens there, or give another --sql-port or {SqlApiSettings.PortKey} (0: any free one).");
        }
        LogListening(Endpoint, settings.Certificate is null ? "without TLS" : "with TLS");
        _accepting = AcceptAsync(_listener);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        if (_listener is not null) await _listener.UnbindAsync(cancellationToken);
        await _accepting.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_sessions.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested) await _stop.CancelAsync();
        if (_listener is not null) await _listener.DisposeAsync();
        _stop.Dispose();
    }

    private async Task AcceptAsync(IConnectionListener listener)
    {
        while (await listener.AcceptAsync() is { } accepted)
        {
            var session = ServeAsync(accepted);
            _sessions[accepted] = session;
            _ = session.ContinueWith(_ => _sessions.TryRemove(accepted, out Task? _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(ConnectionContext accepted)
    {
        // Off the thread that accepts.
        await Task.Yield();
        var isWithin = Interlocked.Increment(ref _open) <= settings.Connections;
        CubeTelemetry.SqlConnections.Add(1);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, accepted.ConnectionClosed);
        await using var connection = new SqlConnection(accepted.Transport, time, settings.MessageTime);
        try
        {
            if (!isWithin) throw new SqlError(SqlStates.TooManyConnections, $"There are {settings.Connections} connections already; try again later, or close some.", isFatal: true);
            await ServeAsync(connection, ended.Token);
        }
        catch (SqlError e)
        {
            await SayAsync(connection, new SqlError(e.State, e.Message, e.Position, isFatal: true));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            await SayAsync(connection, new SqlError(SqlStates.AdminShutdown, "The service stops.", isFatal: true));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionResetException or ConnectionAbortedException or AuthenticationException or InvalidOperationException)
        {
            // The client has gone, or never spoke the protocol.
            LogLost(e.Message);
        }
        catch (Exception e)
        {
            LogFailure(e);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            CubeTelemetry.SqlConnections.Add(-1);
            await accepted.Transport.Output.CompleteAsync();
            await accepted.Transport.Input.CompleteAsync();
            await accepted.DisposeAsync();
        }
    }

    private async Task ServeAsync(SqlConnection connection, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(settings.SignIn, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        (Users.SqlUser User, IReadOnlyDictionary<string, string> Parameters) signed;
        try
        {
            if (await signIn.RunAsync(connection, either.Token) is not { } given) return;
            signed = given;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new SqlError(SqlStates.InvalidAuthorization, $"Nobody signed in within {settings.SignIn.TotalSeconds:0} s; the connection is closed.", isFatal: true);
        }
        await backend.ServeAsync(connection, signed.User, signed.Parameters, ct);
    }

    // Last words: they arrive if the client still listens.
    private static async Task SayAsync(SqlConnection connection, SqlError error)
    {
        var writer = new MessageWriter();
        writer.Error(error);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await connection.SendAsync(writer.Written, limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ConnectionResetException or ConnectionAbortedException or InvalidOperationException)
        {
            // Nobody listens.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "SQL API: listening on {Endpoint} {Tls}.")]
    private partial void LogListening(IPEndPoint endpoint, string tls);

    [LoggerMessage(Level = LogLevel.Debug, Message = "SQL API: a connection ended: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "SQL API: a connection failed.")]
    private partial void LogFailure(Exception exception);
}
