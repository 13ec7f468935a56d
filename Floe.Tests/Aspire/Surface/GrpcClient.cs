using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Floe.Tests.Aspire.Surface;

/// <summary>Calls gRPC methods with nothing but an HTTP/2 client.</summary>
internal sealed class GrpcClient(Uri address, string? key) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };

    public async Task<GrpcResponse> CallAsync(string method, IMessage request, CancellationToken cancellationToken = default)
    {
        var body = new byte[5 + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), request.CalculateSize());
        request.ToByteArray().CopyTo(body, 5);
        var message = new HttpRequestMessage(HttpMethod.Post, $"/aspire.v1.DashboardService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        if (key is not null)
        {
            message.Headers.Add("x-resource-service-api-key", key);
        }

        var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new GrpcResponse(response, await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>The answer to a call: messages, then a status.</summary>
internal sealed class GrpcResponse(HttpResponseMessage response, Stream body) : IDisposable
{
    public HttpStatusCode HttpStatus => response.StatusCode;

    /// <summary>The status, once the stream has ended.</summary>
    public string? Status => response.Headers.TryGetValues("grpc-status", out var header) ? header.Single()
        : response.TrailingHeaders.TryGetValues("grpc-status", out var trailer) ? trailer.Single()
        : null;

    /// <summary>The next message; null at the end.</summary>
    public async Task<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken = default) where T : class, IMessage<T>
    {
        var header = new byte[5];
        var read = await body.ReadAtLeastAsync(header, 5, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
        {
            return null;
        }

        Assert.Equal((5, 0), (read, header[0]));
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1))];
        await body.ReadExactlyAsync(message, cancellationToken);
        return parser.ParseFrom(message);
    }

    public void Dispose() => response.Dispose();
}
