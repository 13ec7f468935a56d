using System.Buffers.Binary;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>
/// One gRPC call on a Kestrel HTTP/2 request: uncompressed length-prefixed messages in both directions, the status in the trailer.
/// Where the feed has Grpc.AspNetCore.Server, it can take over.
/// </summary>
internal sealed class GrpcCall(HttpContext http)
{
    private const int HeaderLength = 5;
    private const int LargestMessage = 16 * 1024 * 1024;

    /// <summary>Cancelled when the client gives up or the server stops.</summary>
    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>Reads the one request message of a unary or server-streaming call.</summary>
    public async Task<T> ReadAsync<T>(MessageParser<T> parser) where T : IMessage<T>
    {
        var header = new byte[HeaderLength];
        await http.Request.Body.ReadExactlyAsync(header, Aborted).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (header[0] != 0 || length > LargestMessage)
        {
            throw new GrpcException(GrpcStatus.Unimplemented, $"A message is compressed or longer than {LargestMessage} bytes; neither is supported.");
        }

        var body = new byte[length];
        await http.Request.Body.ReadExactlyAsync(body, Aborted).ConfigureAwait(false);
        try
        {
            return parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new GrpcException(GrpcStatus.Internal, $"The message is no {typeof(T).Name}.");
        }
    }

    /// <summary>Sends the response's headers, so that the client sees an open call before the first message.</summary>
    public async Task StartAsync()
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.StartAsync(Aborted).ConfigureAwait(false);
            await http.Response.BodyWriter.FlushAsync(Aborted).ConfigureAwait(false); // the start alone stays in Kestrel's buffer
        }
    }

    /// <summary>Sends one message.</summary>
    public async Task WriteAsync(IMessage message)
    {
        await StartAsync().ConfigureAwait(false);
        var size = message.CalculateSize();
        var writer = http.Response.BodyWriter;
        var span = writer.GetSpan(HeaderLength + size);
        span[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], size);
        message.WriteTo(span.Slice(HeaderLength, size));
        writer.Advance(HeaderLength + size);
        await writer.FlushAsync(Aborted).ConfigureAwait(false);
    }

    /// <summary>Ends a call that went well.</summary>
    public async Task CompleteAsync()
    {
        await StartAsync().ConfigureAwait(false);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>Ends a call with an error: in the headers when nothing has been sent yet, else in the trailer.</summary>
    public void Fail(GrpcStatus status, string message)
    {
        var (code, text) = (((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture), Uri.EscapeDataString(message));
        if (http.Response.HasStarted)
        {
            http.Response.AppendTrailer("grpc-status", code);
            http.Response.AppendTrailer("grpc-message", text);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "application/grpc";
        http.Response.Headers["grpc-status"] = code;
        http.Response.Headers["grpc-message"] = text;
    }
}
