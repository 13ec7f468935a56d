namespace Floe.Lakehouse.Manifests;

/// <summary>A partition of a table: values under a spec, equal when all values are.</summary>
internal sealed class PartitionKey(int specId, IReadOnlyList<object?> values) : IEquatable<PartitionKey>
{
    public int SpecId { get; } = specId;

    public IReadOnlyList<object?> Values { get; } = values;

    public static PartitionKey Of(DataFile file) => new(file.SpecId, file.Partition);

    public bool Equals(PartitionKey? other)
    {
        if (other is null || other.SpecId != SpecId || other.Values.Count != Values.Count)
            return false;
        for (var i = 0; i < Values.Count; i++)
        {
            var same = (Values[i], other.Values[i]) switch
            {
                (byte[] x, byte[] y) => x.AsSpan().SequenceEqual(y),
                var (x, y) => Equals(x, y),
            };
            if (!same)
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as PartitionKey);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(SpecId);
        foreach (var value in Values)
        {
            if (value is byte[] bytes)
                hash.AddBytes(bytes);
            else
                hash.Add(value);
        }

        return hash.ToHashCode();
    }
}
