using System.Buffers;
using System.Text;

namespace Floe.Emulators.Minio.Requests;

/// <summary>Percent encoding as Signature V4 wants it: everything but <c>A-Z a-z 0-9 - _ . ~</c>, upper-case hex.</summary>
internal static class UriEncoding
{
    private const string UnreservedText = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    private static readonly SearchValues<char> Unreserved = SearchValues.Create(UnreservedText);
    private static readonly SearchValues<char> UnreservedOrSlash = SearchValues.Create(UnreservedText + "/");
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Encodes; a path keeps its slashes, a query value does not.</summary>
    public static string Encode(string value, bool keepSlash)
    {
        var plain = keepSlash ? UnreservedOrSlash : Unreserved;
        if (!value.AsSpan().ContainsAnyExcept(plain))
            return value;

        var bytes = Encoding.UTF8.GetBytes(value);
        var text = new StringBuilder(bytes.Length * 2);
        foreach (var b in bytes)
        {
            if (b < 128 && plain.Contains((char)b))
                text.Append((char)b);
            else
                text.Append('%').Append("0123456789ABCDEF"[b >> 4]).Append("0123456789ABCDEF"[b & 15]);
        }
        return text.ToString();
    }

    /// <summary>Decodes once. False when an escape is broken or the bytes are not UTF-8.</summary>
    public static bool TryDecode(ReadOnlySpan<char> encoded, bool plusIsSpace, out string value)
    {
        if (encoded.IndexOf('%') < 0 && (!plusIsSpace || encoded.IndexOf('+') < 0))
        {
            value = encoded.ToString();
            return true;
        }

        value = "";
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(encoded.Length));
        try
        {
            var length = 0;
            for (var i = 0; i < encoded.Length; i++)
            {
                var c = encoded[i];
                if (c == '%')
                {
                    if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit(encoded[i + 1]) || !char.IsAsciiHexDigit(encoded[i + 2]))
                        return false;
                    bytes[length++] = (byte)((Hex(encoded[i + 1]) << 4) | Hex(encoded[i + 2]));
                    i += 2;
                }
                else if (c < 128)
                {
                    bytes[length++] = plusIsSpace && c == '+' ? (byte)' ' : (byte)c;
                }
                else
                {
                    var pair = char.IsHighSurrogate(c) && i + 1 < encoded.Length ? 2 : 1;
                    length += Encoding.UTF8.GetBytes(encoded.Slice(i, pair), bytes.AsSpan(length));
                    i += pair - 1;
                }
            }
            value = Strict.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static int Hex(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
