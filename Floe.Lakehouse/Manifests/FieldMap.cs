using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Floe.Lakehouse.Avro;

namespace Floe.Lakehouse.Manifests;

/// <summary>A map by field id as it stands in a manifest, decoded when it is asked: a plan over many files looks at a few columns of each. Its encoding
/// was checked when the manifest was read.</summary>
internal sealed class FieldMap<T>(ReadOnlyMemory<byte> encoded, FieldMap<T>.Decode decode) : IReadOnlyDictionary<int, T>
{
    /// <summary>Takes a value from the encoding.</summary>
    public delegate T Decode(ref AvroDecoder avro, bool skip);

    public int Count
    {
        get
        {
            var count = 0;
            var avro = new AvroDecoder(encoded.Span);
            for (var left = 0L; avro.NextItem(ref left); count++)
            {
                avro.Int();
                decode(ref avro, skip: true);
            }

            return count;
        }
    }

    public IEnumerable<int> Keys => this.Select(p => p.Key);

    public IEnumerable<T> Values => this.Select(p => p.Value);

    public T this[int key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is nothing for the field {key}.");

    public bool ContainsKey(int key) => TryGetValue(key, out _);

    public bool TryGetValue(int key, [MaybeNullWhen(false)] out T value)
    {
        var avro = new AvroDecoder(encoded.Span);
        for (var left = 0L; avro.NextItem(ref left);)
        {
            var found = avro.Int() == key;
            value = decode(ref avro, skip: !found)!;
            if (found)
                return true;
        }

        value = default;
        return false;
    }

    public IEnumerator<KeyValuePair<int, T>> GetEnumerator() => Decoded().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<KeyValuePair<int, T>> Decoded()
    {
        var all = new List<KeyValuePair<int, T>>();
        var avro = new AvroDecoder(encoded.Span);
        for (var left = 0L; avro.NextItem(ref left);)
        {
            var key = avro.Int();
            all.Add(new(key, decode(ref avro, skip: false)));
        }

        return all;
    }
}
