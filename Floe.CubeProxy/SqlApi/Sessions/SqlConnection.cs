using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Floe.CubeProxy.SqlApi.Wire;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>The bytes of one client, encrypted or not, as messages.</summary>
internal sealed class SqlConnection : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _messageTime;
    private IDuplexPipe _transport;
    private SslStream? _tls;

    public SqlConnection(IDuplexPipe transport, TimeProvider time, TimeSpan messageTime)
    {
        (_transport, _time, _messageTime) = (transport, time, messageTime);
        Reader = new FrontendReader(transport.Input, time, messageTime);
    }

    public FrontendReader Reader { get; private set; }

    public bool IsEncrypted => _tls is not null;

    /// <exception cref="SqlError">The client does not take it in time.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_messageTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        // In pieces: each has its time, so that a large answer to a slow but steady client arrives.
        for (var at = 0; at < bytes.Length; at += Piece)
        {
            limit.CancelAfter(_messageTime);
            var piece = bytes.Slice(at, Math.Min(Piece, bytes.Length - at));
            if (_tls is not null)
            {
                await _tls.WriteAsync(piece, either.Token);
                await _tls.FlushAsync(either.Token);
            }
            else
            {
                var flushed = await _transport.Output.WriteAsync(piece, either.Token);
                if (flushed.IsCompleted) throw new IOException("The client has closed the connection.");
            }
        }
    }

    private const int Piece = 64 * 1024;

    /// <summary>Goes on encrypted. What the client sent before it could know that is no part of it, but somebody else's.</summary>
    public async Task EncryptAsync(X509Certificate2 certificate, CancellationToken ct)
    {
        if (_transport.Input.TryRead(out var early))
        {
            var isEarly = early.Buffer.Length > 0;
            _transport.Input.AdvanceTo(early.Buffer.Start);
            if (isEarly) throw SqlError.Protocol("The client sent data between SSLRequest and its answer.");
        }
        await SendAsync("S"u8.ToArray(), ct);
        _tls = new SslStream(new DuplexStream(_transport.Input.AsStream(), _transport.Output.AsStream()));
        await _tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 }, ct);
        Reader = new FrontendReader(PipeReader.Create(_tls), _time, _messageTime);
    }

    public async ValueTask DisposeAsync()
    {
        if (_tls is not null) await _tls.DisposeAsync();
    }

    /// <summary>Two one-way streams as one.</summary>
    private sealed class DuplexStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => input.ReadAsync(buffer, offset, count, cancellationToken);
        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => output.WriteAsync(buffer, offset, count, cancellationToken);
        public override void Flush() => output.Flush();
        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
