using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Floe.Emulators.Minio.Requests;

/// <summary>
/// An XML answer, written straight as UTF-8 (the answers are flat and known; an XmlWriter would cost start-up time and garbage).
/// Characters that XML 1.0 cannot hold are written as character references, as S3 does; clients that need them ask for encoding-type=url.
/// </summary>
internal sealed class ResponseXml : IDisposable
{
    private const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    private static readonly SearchValues<char> Special = SearchValues.Create([.. "<>&\"'", .. Enumerable.Range(0, 32).Select(c => (char)c), '\uFFFE', '\uFFFF']);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;

    public ResponseXml() => Raw("""<?xml version="1.0" encoding="UTF-8"?>"""u8);

    /// <summary>Opens the document element of a result.</summary>
    public void Root(string name)
    {
        Raw("<"u8);
        Text(name);
        Raw(" xmlns=\""u8);
        Text(Namespace);
        Raw("\">"u8);
    }

    public void Open(string name)
    {
        Raw("<"u8);
        Text(name);
        Raw(">"u8);
    }

    public void Close(string name)
    {
        Raw("</"u8);
        Text(name);
        Raw(">"u8);
    }

    public void Element(string name, string value)
    {
        Open(name);
        Escaped(value);
        Close(name);
    }

    public void Element(string name, long value)
    {
        Open(name);
        Reserve(20);
        value.TryFormat(_buffer.AsSpan(_length), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
        Close(name);
    }

    public void Element(string name, bool value) => Element(name, value ? "true" : "false");

    /// <summary>An ISO 8601 time in UTC with milliseconds.</summary>
    public void Element(string name, DateTimeOffset value) =>
        Element(name, value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));

    /// <summary>An ETag: stored without quotes, sent with them.</summary>
    public void ETag(string value) => Element("ETag", $"\"{value}\"");

    /// <summary>Sends the document; the status must be set before.</summary>
    public async Task SendAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = "application/xml";
        response.ContentLength = _length;
        await response.Body.WriteAsync(_buffer.AsMemory(0, _length), cancellationToken);
    }

    public void Dispose()
    {
        if (_buffer.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Escaped(ReadOnlySpan<char> value)
    {
        while (value.IndexOfAny(Special) is >= 0 and var at)
        {
            Text(value[..at]);
            switch (value[at])
            {
                case '<': Raw("&lt;"u8); break;
                case '>': Raw("&gt;"u8); break;
                case '&': Raw("&amp;"u8); break;
                case '"': Raw("&quot;"u8); break;
                case '\'': Raw("&apos;"u8); break;
                case var c: Text($"&#x{(int)c:X};"); break;
            }
            value = value[(at + 1)..];
        }
        Text(value);
    }

    private void Text(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length >= bytes)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + bytes));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
