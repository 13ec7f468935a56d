using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Floe.Lakehouse.Avro;

/// <summary>Writes Avro's binary encoding (Avro specification 1.11, "Binary Encoding") into a growing buffer.</summary>
internal sealed class AvroEncoder
{
    private readonly ArrayBufferWriter<byte> buffer = new(4096);

    public ReadOnlyMemory<byte> Written => buffer.WrittenMemory;

    public void Clear() => buffer.ResetWrittenCount();

    public void Boolean(bool value)
    {
        buffer.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        buffer.Advance(1);
    }

    public void Int(int value) => Long(value);

    /// <summary>A zig-zag varint.</summary>
    public void Long(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        var span = buffer.GetSpan(10);
        var n = 0;
        while (zigzag >= 0x80)
        {
            span[n++] = (byte)(zigzag | 0x80);
            zigzag >>= 7;
        }

        span[n++] = (byte)zigzag;
        buffer.Advance(n);
    }

    public void Float(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Long(value.Length);
        Raw(value);
    }

    public void String(string value)
    {
        Long(Encoding.UTF8.GetByteCount(value));
        buffer.Advance(Encoding.UTF8.GetBytes(value, buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(value.Length))));
    }

    /// <summary>Bytes without a length: a fixed, or a block's framing.</summary>
    public void Raw(ReadOnlySpan<byte> value) => buffer.Write(value);

    /// <summary>The branch of a <c>["null", T]</c> union.</summary>
    /// <returns>Whether the value follows.</returns>
    public bool Optional(bool present)
    {
        Long(present ? 1 : 0);
        return present;
    }
}
