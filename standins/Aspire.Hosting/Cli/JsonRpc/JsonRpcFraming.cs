using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Aspire.Hosting.Cli.JsonRpc;

/// <summary>The framing of JSON-RPC over a byte stream: header lines, an empty line, then a body of <c>Content-Length</c> bytes.</summary>
internal static class JsonRpcFraming
{
    private const int LargestHeader = 4 * 1024;
    private const int LargestBody = 64 * 1024 * 1024;

    /// <summary>Reads one message body; null when the peer has closed the connection between two messages.</summary>
    /// <exception cref="InvalidDataException">The bytes are no framed message.</exception>
    public static async Task<byte[]?> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        var length = await ReadHeaderAsync(reader, cancellationToken).ConfigureAwait(false);
        if (length is null)
        {
            return null;
        }

        var result = await reader.ReadAtLeastAsync(length.Value, cancellationToken).ConfigureAwait(false);
        if (result.Buffer.Length < length)
        {
            throw new InvalidDataException($"The peer closed the connection after {result.Buffer.Length} of a message's {length} bytes.");
        }

        var body = result.Buffer.Slice(0, length.Value).ToArray();
        reader.AdvanceTo(result.Buffer.GetPosition(length.Value));
        return body;
    }

    /// <summary>Writes one message.</summary>
    public static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n"));
        await stream.WriteAsync(header, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(body, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int?> ReadHeaderAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (TryParseHeader(result.Buffer, out var length, out var end))
            {
                reader.AdvanceTo(end);
                return length;
            }

            if (result.IsCompleted)
            {
                return result.Buffer.IsEmpty ? null : throw new InvalidDataException("The peer closed the connection inside a message header.");
            }

            if (result.Buffer.Length > LargestHeader)
            {
                throw new InvalidDataException($"A message header is longer than {LargestHeader} bytes.");
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static bool TryParseHeader(ReadOnlySequence<byte> buffer, out int length, out SequencePosition end)
    {
        var reader = new SequenceReader<byte>(buffer);
        length = -1;
        end = buffer.Start;
        while (reader.TryReadTo(out ReadOnlySequence<byte> sequence, "\r\n"u8))
        {
            if (sequence.IsEmpty)
            {
                end = reader.Position;
                return length >= 0 ? true : throw new InvalidDataException("A message has no Content-Length header.");
            }

            ReadOnlySpan<byte> line = sequence.ToArray(), name = "Content-Length:"u8;
            if (line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                var value = line[name.Length..].TrimStart((byte)' ').TrimEnd((byte)' ');
                if (!Utf8Parser.TryParse(value, out length, out var used) || used != value.Length || length is < 0 or > LargestBody)
                {
                    throw new InvalidDataException($"Content-Length '{Encoding.ASCII.GetString(value)}' is not a number from 0 to {LargestBody}.");
                }
            }
        }

        return false;
    }
}
