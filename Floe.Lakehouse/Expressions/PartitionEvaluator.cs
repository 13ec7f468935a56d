using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Expressions;

/// <summary>Judges files by their partition values, and whole manifests by the summary that the manifest list has of them
/// (specification, "Scan Planning").</summary>
internal sealed class PartitionEvaluator
{
    private readonly Expression projected;
    private readonly Func<BoundPredicate, IReadOnlyList<object?>, ValueRange> ofValues;
    private readonly Func<BoundPredicate, IReadOnlyList<FieldSummary>, ValueRange> ofSummaries;

    /// <summary>An evaluator for a bound filter over rows and files of a spec.</summary>
    public PartitionEvaluator(Expression filter, PartitionSpec spec)
    {
        projected = InclusiveProjection.Of(filter, spec);
        var places = new Dictionary<int, int>();
        for (var i = 0; i < spec.Fields.Count; i++)
            places[spec.Fields[i].FieldId] = i;
        ofValues = (p, partition) => ValueRange.Of(partition[places[p.Field.Id]]);
        ofSummaries = (p, summaries) => Range(p, summaries[places[p.Field.Id]]);
    }

    /// <summary>Whether a row of the file may be kept, by its partition.</summary>
    public bool MightMatch(DataFile file) => Evaluation.MightMatch(projected, file.Partition, ofValues);

    /// <summary>Whether a row of the manifest's files may be kept, by their partitions.</summary>
    public bool MightMatch(ManifestFile manifest) =>
        manifest.Partitions is not { } summaries || Evaluation.MightMatch(projected, summaries, ofSummaries);

    private static ValueRange Range(BoundPredicate predicate, FieldSummary summary)
    {
        var isFloat = predicate.Type.Kind is PrimitiveKind.Float or PrimitiveKind.Double;
        var mayBeNaN = isFloat && summary.ContainsNan is not false;

        // Without bounds there are only nulls and NaNs (specification, struct field_summary). Writers differ in how they order uuids.
        return new(
            summary.ContainsNull,
            mayBeNaN,
            MayBeValue: summary.LowerBound is not null || summary.UpperBound is not null,
            ColumnBounds.Decode(predicate.Type, summary.LowerBound),
            ColumnBounds.Decode(predicate.Type, summary.UpperBound));
    }
}
