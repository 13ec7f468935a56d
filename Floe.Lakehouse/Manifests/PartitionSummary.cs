using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Manifests;

/// <summary>Collects the <see cref="FieldSummary"/> of each partition field over the files of a manifest.</summary>
internal sealed class PartitionSummary(IReadOnlyList<PrimitiveType> types)
{
    private readonly Field[] fields = new Field[types.Count];

    public void Add(IReadOnlyList<object?> partition)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            ref var field = ref fields[i];
            switch (partition[i])
            {
                case null:
                    field.Null = true;
                    break;
                case float.NaN or double.NaN:
                    field.NaN = true;
                    break;
                case { } value:
                    if (field.Least is null || SingleValue.Compare(value, field.Least) < 0)
                        field.Least = value;
                    if (field.Greatest is null || SingleValue.Compare(value, field.Greatest) > 0)
                        field.Greatest = value;
                    break;
            }
        }
    }

    public IReadOnlyList<FieldSummary> Finish() =>
    [
        .. fields.Select((f, i) => new FieldSummary(
            f.Null,
            f.NaN,
            f.Least is null ? null : SingleValue.Serialize(types[i], f.Least),
            f.Greatest is null ? null : SingleValue.Serialize(types[i], f.Greatest))),
    ];

    private struct Field
    {
        public bool Null;
        public bool NaN;
        public object? Least;
        public object? Greatest;
    }
}
