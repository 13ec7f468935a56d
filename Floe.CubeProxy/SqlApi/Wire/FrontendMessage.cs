using System.Buffers.Binary;
using System.Text;

namespace Floe.CubeProxy.SqlApi.Wire;

/// <summary>A message of the client, read field by field; every field is checked against the message's end.</summary>
internal sealed class FrontendMessage(byte type, byte[] body)
{
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    private int _at;

    public byte Type { get; } = type;

    public int Length => body.Length;

    public bool IsAtEnd => _at == body.Length;

    public byte Byte() => Take(1)[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public ReadOnlyMemory<byte> Bytes(int count)
    {
        Take(count);
        return body.AsMemory(_at - count, count);
    }

    public ReadOnlyMemory<byte> Rest() => Bytes(body.Length - _at);

    /// <summary>Text up to a zero byte.</summary>
    public string ZeroEnded()
    {
        var end = body.AsSpan(_at).IndexOf((byte)0);
        if (end < 0) throw Broken();
        var text = Utf8(body.AsSpan(_at, end));
        _at += end + 1;
        return text;
    }

    /// <exception cref="SqlError">It is no UTF-8; the connection goes on.</exception>
    public static string Utf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new SqlError("22021", "A text of the message is not valid UTF-8.");
        }
    }

    /// <summary>A count that announces at least <paramref name="bytesEach"/> bytes per item; lists that cannot be in the message are refused before room is made for them.</summary>
    public int Count(int bytesEach)
    {
        var count = (ushort)Int16();
        return count * bytesEach <= body.Length - _at ? count : throw Broken();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > body.Length - _at) throw Broken();
        _at += count;
        return body.AsSpan(_at - count, count);
    }

    private SqlError Broken() => SqlError.Protocol($"The message '{(char)Type}' of {body.Length} bytes does not have the fields it must have.");
}
