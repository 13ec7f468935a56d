using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Floe.CubeProxy.SqlApi.Wire;

/// <summary>Writes the backend's messages (PostgreSQL, "Message Formats") into a buffer that grows; the session sends it.</summary>
internal sealed class MessageWriter
{
    private byte[] _buffer = new byte[4096];
    private int _length;
    private int _start;

    public int Length => _length;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public void Clear()
    {
        _length = 0;
        // One large answer does not make the session large for ever.
        if (_buffer.Length > 256 * 1024) _buffer = new byte[4096];
    }

    public void Begin(byte type)
    {
        Ensure(5);
        _buffer[_length++] = type;
        _start = _length;
        _length += 4;
    }

    /// <summary>Fills in the length of the message that was begun.</summary>
    public void End() => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_start), _length - _start);

    /// <summary>A message without content.</summary>
    public void Empty(byte type)
    {
        Begin(type);
        End();
    }

    public void Byte(byte value)
    {
        Ensure(1);
        _buffer[_length++] = value;
    }

    public void Int16(short value)
    {
        Ensure(2);
        BinaryPrimitives.WriteInt16BigEndian(_buffer.AsSpan(_length), value);
        _length += 2;
    }

    public void Int32(int value)
    {
        Ensure(4);
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_length), value);
        _length += 4;
    }

    public void Int64(long value)
    {
        Ensure(8);
        BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_length), value);
        _length += 8;
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>UTF-8, without an end.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        Ensure(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));
    }

    /// <summary>UTF-8, ended by a zero byte; a zero in the text would end it early and is left out.</summary>
    public void ZeroEnded(string text)
    {
        Text(text.Contains('\0') ? text.Replace("\0", "") : text);
        Byte(0);
    }

    /// <summary>A place for a length that is known later.</summary>
    public int ReserveLength()
    {
        Int32(0);
        return _length;
    }

    public void FillLength(int from) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(from - 4), _length - from);

    public void Error(SqlError error)
    {
        var severity = error.IsFatal ? "FATAL" : "ERROR";
        Begin((byte)'E');
        Field('S', severity);
        Field('V', severity);
        Field('C', error.State);
        Field('M', error.Message);
        if (error.Position is { } position) Field('P', (position + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Byte(0);
        End();
    }

    public void CommandComplete(string tag)
    {
        Begin((byte)'C');
        ZeroEnded(tag);
        End();
    }

    public void ReadyForQuery(char status)
    {
        Begin((byte)'Z');
        Byte((byte)status);
        End();
    }

    public void ParameterStatus(string name, string value)
    {
        Begin((byte)'S');
        ZeroEnded(name);
        ZeroEnded(value);
        End();
    }

    /// <param name="isBinary">Per column; null: as text, or not known yet.</param>
    public void RowDescription(IReadOnlyList<OutputColumn> columns, IReadOnlyList<bool>? isBinary)
    {
        Begin((byte)'T');
        Int16((short)columns.Count);
        for (var i = 0; i < columns.Count; i++)
        {
            ZeroEnded(columns[i].Name);
            // No column of a table: table, attribute.
            Int32(0);
            Int16(0);
            Int32(WireTypes.OidOf(columns[i].Type));
            Int16(WireTypes.SizeOf(columns[i].Type));
            Int32(-1);
            Int16((short)(isBinary?[i] == true ? 1 : 0));
        }
        End();
    }

    private void Field(char code, string text)
    {
        Byte((byte)code);
        ZeroEnded(text);
    }

    private void Ensure(int count)
    {
        if (_buffer.Length - _length >= count) return;
        var larger = new byte[Math.Max(_buffer.Length * 2, _length + count)];
        _buffer.AsSpan(0, _length).CopyTo(larger);
        _buffer = larger;
    }
}
