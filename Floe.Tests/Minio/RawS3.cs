using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Floe.Tests.Minio;

/// <summary>
/// A client that signs by the specification and sends exactly the bytes it is told to, so that every part of a request can be wrong.
/// Written apart from the store's code.
/// </summary>
internal sealed class RawS3(string endpoint, string accessKey, string secretKey)
{
    private readonly Uri _endpoint = new(endpoint);

    public string Region { get; init; } = "us-east-1";

    /// <summary>Clock offset of the client.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>A request; <paramref name="target"/> is sent as it is and must be in canonical form.</summary>
    public async Task<RawAnswer> SendAsync(string method, string target, byte[]? body = null, string? payloadHash = null, params (string Name, string Value)[] headers)
    {
        var (head, _) = Sign(method, target, payloadHash ?? Hex(SHA256.HashData(body ?? [])), headers);
        return await ExchangeAsync(head, body ?? []);
    }

    /// <summary>A request without a body and without any header that says so.</summary>
    public Task<RawAnswer> SendWithoutLengthAsync(string method, string target) => ExchangeAsync(Sign(method, target, Hex(SHA256.HashData([])), []).Head, null);

    /// <summary>The head of a request with a body, for a test that sends the body itself.</summary>
    public byte[] Head(string method, string target, byte[] body) =>
        Encoding.UTF8.GetBytes($"{Sign(method, target, Hex(SHA256.HashData(body)), []).Head}Content-Length: {body.Length}\r\n\r\n");

    /// <summary>An aws-chunked PUT. The hooks may change what goes over the wire.</summary>
    public async Task<RawAnswer> PutChunkedAsync(string target, byte[] content, ChunkedForm form, Func<byte[], byte[]>? tamper = null, int? announcedLength = null, string? checksum = null, string algorithm = "CRC32")
    {
        var hash = form switch
        {
            ChunkedForm.Signed => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            ChunkedForm.SignedWithTrailer => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            _ => "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        };
        List<(string, string)> headers =
        [
            ("content-encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", (announcedLength ?? content.Length).ToString(CultureInfo.InvariantCulture)),
        ];
        if (form != ChunkedForm.Signed)
            headers.Add(("x-amz-trailer", $"x-amz-checksum-{algorithm.ToLowerInvariant()}"));
        var (head, signer) = Sign("PUT", target, hash, [.. headers]);
        var body = Frame(content, form, signer, $"x-amz-checksum-{algorithm.ToLowerInvariant()}:{checksum ?? Checksums.Base64(algorithm, content)}");
        return await ExchangeAsync(head, tamper is null ? body : tamper(body));
    }

    private static byte[] Frame(byte[] content, ChunkedForm form, Signer signer, string trailer)
    {
        using var body = new MemoryStream();
        void Line(string text) => body.Write(Encoding.ASCII.GetBytes(text + "\r\n"));
        var previous = signer.Seed;
        for (var offset = 0; ; offset += 8192)
        {
            var chunk = content.AsSpan(Math.Min(offset, content.Length), Math.Clamp(content.Length - offset, 0, 8192));
            if (form == ChunkedForm.UnsignedWithTrailer)
            {
                Line($"{chunk.Length:x}");
            }
            else
            {
                previous = signer.Sign($"AWS4-HMAC-SHA256-PAYLOAD\n{signer.Time}\n{signer.Scope}\n{previous}\n{Hex(SHA256.HashData([]))}\n{Hex(SHA256.HashData(chunk))}");
                Line($"{chunk.Length:x};chunk-signature={previous}");
            }
            if (chunk.IsEmpty)
                break;
            body.Write(chunk);
            Line("");
        }
        if (form != ChunkedForm.Signed)
        {
            Line(trailer);
            if (form == ChunkedForm.SignedWithTrailer)
                Line("x-amz-trailer-signature:" + signer.Sign($"AWS4-HMAC-SHA256-TRAILER\n{signer.Time}\n{signer.Scope}\n{previous}\n{Hex(SHA256.HashData(Encoding.ASCII.GetBytes(trailer + "\n")))}"));
        }
        Line("");
        return body.ToArray();
    }

    private (string Head, Signer Signer) Sign(string method, string target, string payloadHash, (string Name, string Value)[] headers)
    {
        var now = DateTime.UtcNow + Skew;
        var time = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/{Region}/s3/aws4_request";
        (string Name, string Value)[] all = [.. headers, ("host", _endpoint.Authority), ("x-amz-content-sha256", payloadHash), ("x-amz-date", time)];
        var sorted = all.Where(h => h.Name.StartsWith("x-amz-", StringComparison.Ordinal) || h.Name == "host").OrderBy(h => h.Name, StringComparer.Ordinal).ToArray();
        var signed = string.Join(';', sorted.Select(h => h.Name));
        var question = target.IndexOf('?');
        var (path, query) = question < 0 ? (target, "") : (target[..question], target[(question + 1)..]);
        var canonicalQuery = string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Contains('=') ? p : p + "=").Order(StringComparer.Ordinal));
        var canonical = $"{method}\n{path}\n{canonicalQuery}\n{string.Concat(sorted.Select(h => $"{h.Name}:{h.Value.Trim()}\n"))}\n{signed}\n{payloadHash}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in scope.Split('/'))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var signer = new Signer(key, time, scope);
        signer.Seed = signer.Sign($"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}");
        var head = $"{method} {target} HTTP/1.1\r\n{string.Concat(all.Select(h => $"{h.Name}: {h.Value}\r\n"))}"
            + $"Authorization: AWS4-HMAC-SHA256 Credential={accessKey}/{scope},SignedHeaders={signed},Signature={signer.Seed}\r\n";
        return (head, signer);
    }

    private async Task<RawAnswer> ExchangeAsync(string head, byte[]? body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_endpoint.Host, _endpoint.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{head}{(body is null ? "" : $"Content-Length: {body.Length}\r\n")}Connection: close\r\n\r\n"));
        await stream.WriteAsync(body ?? []);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        return RawAnswer.Parse(answer.ToArray());
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private sealed class Signer(byte[] key, string time, string scope)
    {
        public string Time => time;

        public string Scope => scope;

        public string Seed { get; set; } = "";

        public string Sign(string text) => Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}

/// <summary>The forms of aws-chunked.</summary>
public enum ChunkedForm
{
    Signed,
    SignedWithTrailer,
    UnsignedWithTrailer,
}

/// <summary>An answer as it came.</summary>
internal sealed record RawAnswer(HttpStatusCode Status, string Head, byte[] Body)
{
    /// <summary>The code of an S3 error document.</summary>
    public string Code => Body.Length == 0 ? "" : XDocument.Parse(Encoding.UTF8.GetString(Body)).Root!.Element("Code")?.Value ?? "";

    public string Text => Encoding.UTF8.GetString(Body);

    public static RawAnswer Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var head = Encoding.UTF8.GetString(bytes, 0, end);
        return new RawAnswer((HttpStatusCode)int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), head, bytes[(end + 4)..]);
    }
}
