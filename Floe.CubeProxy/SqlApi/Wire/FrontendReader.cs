using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Floe.CubeProxy.SqlApi.Wire;

/// <summary>Cuts what arrives into messages. A length is judged before its bytes are waited for, so that nobody makes this service hold what it will refuse.</summary>
internal sealed class FrontendReader(PipeReader input, TimeProvider time, TimeSpan messageTime)
{
    /// <summary>As PostgreSQL: a longer startup packet is none.</summary>
    private const int LongestStartup = 10_000;

    /// <summary>The packet without a type that begins a connection; null: the client has gone.</summary>
    public async Task<FrontendMessage?> ReadStartupAsync(CancellationToken ct)
    {
        var length = await ReadLengthAsync(hasType: false, ct);
        if (length is null) return null;
        if (length.Value.Length is < 8 or > LongestStartup) throw SqlError.Protocol($"A startup packet has 8 to {LongestStartup} bytes; this one says {length.Value.Length}. Is the client one for PostgreSQL?");
        return await ReadBodyAsync(length.Value, headerLength: 4, ct);
    }

    /// <summary>The next message; null: the client has gone.</summary>
    /// <param name="longest">Bytes that a message may have.</param>
    /// <param name="idle">How long the client may say nothing before it; infinite: for ever.</param>
    public async Task<FrontendMessage?> ReadAsync(int longest, TimeSpan idle, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(idle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        (byte Type, int Length)? header;
        try
        {
            header = await ReadLengthAsync(hasType: true, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new SqlError(SqlStates.IdleTimeout, $"The connection was idle for {idle.TotalSeconds:0} s and is closed.", isFatal: true);
        }
        if (header is not { } found) return null;
        if (found.Length < 4) throw SqlError.Protocol($"A message says that it has {found.Length} bytes; it has at least 4.");
        if (found.Length > longest) throw new SqlError(SqlStates.ProgramLimit, $"A message of {found.Length} bytes is longer than the {longest} bytes that are taken here; the connection is closed.", isFatal: true);
        return await ReadBodyAsync(found, headerLength: 5, ct);
    }

    private async Task<(byte Type, int Length)?> ReadLengthAsync(bool hasType, CancellationToken ct)
    {
        var headerLength = hasType ? 5 : 4;
        while (true)
        {
            var read = await input.ReadAsync(ct);
            if (read.Buffer.Length >= headerLength)
            {
                var header = Header(read.Buffer, hasType);
                // Nothing is consumed and nothing called examined: the body's read sees the header again.
                input.AdvanceTo(read.Buffer.Start);
                return header;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    private async Task<FrontendMessage?> ReadBodyAsync((byte Type, int Length) header, int headerLength, CancellationToken ct)
    {
        var total = headerLength - 4 + header.Length;
        // Who has begun a message ends it soon.
        using var limit = new CancellationTokenSource(messageTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        while (true)
        {
            ReadResult read;
            try
            {
                read = await input.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                throw new SqlError(SqlStates.ProtocolViolation, $"A message was begun and not ended within {messageTime.TotalSeconds:0} s; the connection is closed.", isFatal: true);
            }
            if (read.Buffer.Length >= total)
            {
                var message = new FrontendMessage(header.Type, read.Buffer.Slice(headerLength, total - headerLength).ToArray());
                input.AdvanceTo(read.Buffer.GetPosition(total));
                return message;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    private static (byte Type, int Length) Header(ReadOnlySequence<byte> buffer, bool hasType)
    {
        Span<byte> header = stackalloc byte[5];
        header = header[..(hasType ? 5 : 4)];
        buffer.Slice(0, header.Length).CopyTo(header);
        return hasType ? (header[0], BinaryPrimitives.ReadInt32BigEndian(header[1..])) : ((byte)0, BinaryPrimitives.ReadInt32BigEndian(header));
    }
}
