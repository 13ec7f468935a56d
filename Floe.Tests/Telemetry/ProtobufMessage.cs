using System.Buffers.Binary;
using System.Text;

namespace Floe.Tests.Telemetry;

/// <summary>The fields of one protobuf message on the wire, by number, without its schema.</summary>
internal sealed class ProtobufMessage(ReadOnlyMemory<byte> bytes)
{
    private readonly ILookup<int, (ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = Read(bytes).ToLookup(field => field.Number, field => (field.Value, field.Bytes));

    public IEnumerable<ProtobufMessage> Messages(int field) => _fields[field].Select(value => new ProtobufMessage(value.Bytes));

    public ProtobufMessage? Message(int field) => Messages(field).FirstOrDefault();

    public string Text(int field) => Encoding.UTF8.GetString(_fields[field].FirstOrDefault().Bytes.Span);

    /// <summary>Bytes as hex digits.</summary>
    public string Hex(int field) => Convert.ToHexStringLower(_fields[field].FirstOrDefault().Bytes.Span);

    /// <summary>Of a varint or a fixed64; 0 where the field is left out.</summary>
    public long Number(int field) => (long)_fields[field].FirstOrDefault().Number;

    private static IEnumerable<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> Read(ReadOnlyMemory<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var tag = Varint(ref rest);
            switch (tag & 7)
            {
                case 0:
                    yield return ((int)(tag >> 3), Varint(ref rest), default);
                    break;
                case 1:
                    yield return ((int)(tag >> 3), BinaryPrimitives.ReadUInt64LittleEndian(rest.Span), default);
                    rest = rest[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref rest);
                    yield return ((int)(tag >> 3), 0, rest[..length]);
                    rest = rest[length..];
                    break;
                case 5:
                    yield return ((int)(tag >> 3), BinaryPrimitives.ReadUInt32LittleEndian(rest.Span), default);
                    rest = rest[4..];
                    break;
                default:
                    throw new FormatException($"The wire type {tag & 7} is not one of protobuf's.");
            }
        }
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> rest)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = rest.Span[0];
            rest = rest[1..];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
