using System.Buffers.Binary;
using System.Text;

namespace Floe.Lakehouse.Avro;

/// <summary>Reads Avro's binary encoding. Every length is checked against what is there, so that a truncated or hostile file ends in a
/// <see cref="FormatException"/> and not in a huge allocation.</summary>
internal ref struct AvroDecoder(ReadOnlySpan<byte> data)
{
    private const int DeepestNesting = 64;
    private readonly ReadOnlySpan<byte> data = data;
    private int position;
    private long items;

    public readonly int Position => position;

    public readonly int Length => data.Length;

    public readonly bool AtEnd => position >= data.Length;

    public bool Boolean() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        var other => throw new FormatException($"a boolean is stored as {other} at byte {position - 1}."),
    };

    public int Int() => Long() is >= int.MinValue and <= int.MaxValue and var n ? (int)n : throw new FormatException($"an int is out of range at byte {position}.");

    public long Long()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }

        throw new FormatException($"a number is longer than ten bytes at byte {position}.");
    }

    public float Float() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ReadOnlySpan<byte> Bytes() => Take(ByteCount());

    public string String() => Encoding.UTF8.GetString(Bytes());

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > data.Length - position)
            throw new FormatException($"it ends at byte {data.Length}, in the middle of a value.");
        var span = data.Slice(position, count);
        position += count;
        return span;
    }

    /// <summary>The next item of an int-keyed map, which Avro has as an array of key and value records, or of an array; the number left in the block
    /// is kept by the caller, 0 at the start.</summary>
    /// <returns>False at the end of the array.</returns>
    public bool NextItem(ref long left)
    {
        if (left == 0 && (left = BlockCount()) == 0)
            return false;
        left--;
        return true;
    }

    /// <summary>The branch of a union; the schema itself when it is none.</summary>
    public AvroSchema Branch(AvroSchema schema) => schema.Kind == AvroKind.Union ? Choose(schema.Branches, "union branch") : schema;

    /// <summary>Checks that a block's records were all of it.</summary>
    public readonly void End(long count)
    {
        if (!AtEnd)
            throw new FormatException($"a block of {count} records has bytes left over.");
    }

    /// <summary>Passes over a value of the schema; everything in it is checked as by <see cref="Read"/>.</summary>
    public void Skip(AvroSchema schema, int depth = 0)
    {
        if (depth > DeepestNesting)
            throw new FormatException($"values are nested deeper than {DeepestNesting} levels.");
        switch (schema.Kind)
        {
            case AvroKind.Bytes or AvroKind.String:
                Bytes();
                break;
            case AvroKind.Union:
                Skip(Branch(schema), depth + 1);
                break;
            case AvroKind.Record:
                for (var i = 0; i < schema.Fields.Count; i++)
                    Skip(schema.Fields[i].Schema, depth + 1);
                break;
            case AvroKind.Array:
                for (var left = 0L; NextItem(ref left);)
                    Skip(schema.Items!, depth + 1);
                break;
            case AvroKind.Map:
                for (var left = 0L; NextItem(ref left);)
                {
                    Bytes();
                    Skip(schema.Items!, depth + 1);
                }

                break;
            default:
                Read(schema, depth);
                break;
        }
    }

    /// <summary>Decodes a value of the schema: null, bool, int, long, float, double, byte[] (bytes and fixed), string (enum too),
    /// <see cref="AvroRecord"/>, <c>object?[]</c> (array) or <c>Dictionary&lt;string, object?&gt;</c> (map).</summary>
    public object? Read(AvroSchema schema, int depth = 0)
    {
        if (depth > DeepestNesting)
            throw new FormatException($"values are nested deeper than {DeepestNesting} levels.");
        switch (schema.Kind)
        {
            case AvroKind.Null: return null;
            case AvroKind.Boolean: return Boolean();
            case AvroKind.Int: return Int();
            case AvroKind.Long: return Long();
            case AvroKind.Float: return Float();
            case AvroKind.Double: return Double();
            case AvroKind.Bytes: return Bytes().ToArray();
            case AvroKind.String: return String();
            case AvroKind.Fixed: return Take(schema.Size).ToArray();
            case AvroKind.Enum: return Choose(schema.Symbols, "symbol");
            case AvroKind.Union: return Read(Choose(schema.Branches, "union branch"), depth + 1);
            case AvroKind.Record:
                var values = new object?[schema.Fields.Count];
                for (var i = 0; i < values.Length; i++)
                    values[i] = Read(schema.Fields[i].Schema, depth + 1);
                return new AvroRecord(schema, values);
            case AvroKind.Array:
                var items = new List<object?>();
                for (var n = BlockCount(); n > 0; n = BlockCount())
                {
                    for (var i = 0L; i < n; i++)
                        items.Add(Read(schema.Items!, depth + 1));
                }

                return items.ToArray();
            case AvroKind.Map:
                var map = new Dictionary<string, object?>(StringComparer.Ordinal);
                for (var n = BlockCount(); n > 0; n = BlockCount())
                {
                    for (var i = 0L; i < n; i++)
                    {
                        var key = String();
                        map[key] = Read(schema.Items!, depth + 1);
                    }
                }

                return map;
            default:
                throw new FormatException($"the Avro type {schema.Kind} is not known.");
        }
    }

    private long BlockCount()
    {
        var count = Long();
        if (count < 0)
        {
            // A negative count is followed by the block's size in bytes, for readers that skip.
            count = -count;
            Long();
        }

        // Items of some types take no byte: without a bound few bytes could claim them without end.
        return count >= 0 && (items += count) <= data.Length ? count : throw new FormatException($"a block claims {count} items, more than the file has bytes.");
    }

    private int ByteCount()
    {
        var length = Long();
        return length >= 0 && length <= data.Length - position ? (int)length : throw new FormatException($"a value claims {length} bytes at byte {position}, where {data.Length - position} are left.");
    }

    private T Choose<T>(IReadOnlyList<T> options, string what)
    {
        var index = Long();
        return index >= 0 && index < options.Count ? options[(int)index] : throw new FormatException($"{what} {index} does not exist at byte {position}.");
    }
}

/// <summary>A decoded Avro record; fields are found by Iceberg field id, or by name where an old writer left the ids out.</summary>
internal sealed record AvroRecord(AvroSchema Schema, object?[] Values)
{
    /// <summary>A field that must be there.</summary>
    /// <exception cref="InvalidCastException">It is missing, null or of another type.</exception>
    public T Need<T>(int fieldId, string name) => Get(fieldId, name) is T value ? value : throw new InvalidCastException($"The field {name} ({fieldId}) is missing or not a {typeof(T).Name}.");

    public object? Get(int fieldId, params ReadOnlySpan<string> names)
    {
        var index = IndexOf(fieldId, names);
        return index < 0 ? null : Values[index];
    }

    private int IndexOf(int fieldId, ReadOnlySpan<string> names)
    {
        for (var i = 0; i < Schema.Fields.Count; i++)
        {
            if (Schema.Fields[i].FieldId == fieldId)
                return i;
        }

        foreach (var name in names)
        {
            for (var i = 0; i < Schema.Fields.Count; i++)
            {
                if (Schema.Fields[i].FieldId is null && Schema.Fields[i].Name == name)
                    return i;
            }
        }

        return -1;
    }
}
