using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Expressions;

/// <summary>Judges files by what their manifest says of their columns: counts, bounds, and the partition values that are the column's own.</summary>
internal sealed class MetricsEvaluator
{
    private readonly Expression filter;
    private readonly Func<BoundPredicate, DataFile, ValueRange> range;

    /// <summary>An evaluator for a bound filter and files of a spec.</summary>
    public MetricsEvaluator(Expression filter, PartitionSpec spec)
    {
        this.filter = filter;
        var constants = new Dictionary<int, int>();
        for (var i = 0; i < spec.Fields.Count; i++)
        {
            if (spec.Fields[i].Transform.Kind == TransformKind.Identity)
                constants[spec.Fields[i].SourceId] = i;
        }

        range = (p, file) => constants.TryGetValue(p.Field.Id, out var place) ? ValueRange.Of(file.Partition[place]) : Range(p, file);
    }

    /// <summary>Whether a row of the file may be kept; false is certain (inclusive).</summary>
    public bool MightMatch(DataFile file) => Evaluation.MightMatch(filter, file, range);

    /// <summary>Whether every row of the file is kept; false may be for lack of knowledge (strict).</summary>
    public bool AllMatch(DataFile file) => Evaluation.AllMatch(filter, file, range);

    private static ValueRange Range(BoundPredicate predicate, DataFile file)
    {
        // Counts of fields inside lists and maps are of elements, and those of a struct's fields differ between writers.
        if (!predicate.IsTopLevel || predicate.Field.Type is not PrimitiveType type)
            return ValueRange.Unknown;

        var id = predicate.Field.Id;
        var isFloat = type.Kind is PrimitiveKind.Float or PrimitiveKind.Double;
        var nulls = Count(file.NullValueCounts, id);
        var nans = isFloat ? Count(file.NanValueCounts, id) : 0;
        var values = Count(file.ValueCounts, id) ?? file.RecordCount;
        return new(
            MayBeNull: nulls is not 0,
            MayBeNaN: nans is not 0,
            MayBeValue: !(nulls + nans >= values),
            ColumnBounds.Decode(type, Bound(file.LowerBounds, id)),
            ColumnBounds.Decode(type, Bound(file.UpperBounds, id)));
    }

    private static long? Count(IReadOnlyDictionary<int, long>? counts, int id) => counts is not null && counts.TryGetValue(id, out var count) ? count : null;

    private static byte[]? Bound(IReadOnlyDictionary<int, byte[]>? bounds, int id) => bounds?.GetValueOrDefault(id);
}
