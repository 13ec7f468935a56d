using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Scans;

/// <summary>A scan's filter over the manifests and files of all the table's partition specs. Counts what it leaves out; safe for several threads.</summary>
internal sealed class ScanFilter
{
    private readonly Dictionary<int, (PartitionEvaluator Partitions, MetricsEvaluator Metrics)> bySpec = [];
    private int manifests;
    private int byPartition;
    private int byBounds;
    private int partly;

    /// <param name="filter">Bound.</param>
    /// <param name="metadata">The table.</param>
    public ScanFilter(Expression filter, TableMetadata metadata)
    {
        Filter = filter;
        foreach (var spec in metadata.PartitionSpecs)
            bySpec[spec.SpecId] = (new(filter, spec), new(filter, spec));
    }

    public Expression Filter { get; }

    /// <summary>What must still be asked of the rows of the files that were let through.</summary>
    public Expression Residual => partly == 0 ? Expression.AlwaysTrue : Filter;

    public ScanMetrics Metrics(int totalManifests) => new(totalManifests, manifests, byPartition, byBounds);

    /// <summary>Whether a manifest has to be read.</summary>
    public bool Takes(ManifestFile manifest)
    {
        if (Filter is Constant { Value: true } || manifest.Partitions is null || Evaluators(manifest.PartitionSpecId).Partitions.MightMatch(manifest))
            return true;
        if (manifest.Content == ManifestContent.Data)
            Interlocked.Increment(ref manifests);
        return false;
    }

    /// <summary>Whether a file has to be read.</summary>
    public bool Takes(DataFile file)
    {
        if (Filter is Constant { Value: true })
            return true;
        var (partitions, metrics) = Evaluators(file.SpecId);
        if (!partitions.MightMatch(file))
        {
            if (file.Content == DataContent.Data)
                Interlocked.Increment(ref byPartition);
            return false;
        }

        // Bounds of a delete file are of its own columns.
        if (file.Content != DataContent.Data)
            return true;
        if (!metrics.MightMatch(file))
        {
            Interlocked.Increment(ref byBounds);
            return false;
        }

        if (Volatile.Read(ref partly) == 0 && !metrics.AllMatch(file))
            Volatile.Write(ref partly, 1);
        return true;
    }

    /// <summary>Whether every row of the file matches; false may be for lack of knowledge. Counts nothing.</summary>
    public bool AllMatch(DataFile file) => Evaluators(file.SpecId).Metrics.AllMatch(file);

    /// <summary>Whether a row of the file may match; also true of a file by a spec that came later. Counts nothing.</summary>
    public bool MightMatch(DataFile file) => !bySpec.TryGetValue(file.SpecId, out var evaluators) || (evaluators.Partitions.MightMatch(file) && evaluators.Metrics.MightMatch(file));

    private (PartitionEvaluator Partitions, MetricsEvaluator Metrics) Evaluators(int specId) =>
        bySpec.TryGetValue(specId, out var evaluators) ? evaluators : throw new ValidationException($"The table has no partition spec {specId}, which a manifest names.");
}
