using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform.Incremental;

/// <summary>What a run builds, from what, and onto what.</summary>
internal sealed class TransformPlan
{
    public required DbtProject Project { get; init; }

    /// <summary>Ids of the models and tests to be done, those included that must be built because the selected ones read them and nobody keeps them.</summary>
    public required IReadOnlySet<string> Nodes { get; init; }

    /// <summary>The models to be landed.</summary>
    public required IReadOnlyList<DbtModel> Landing { get; init; }

    /// <summary>The sources' tables, by <c>namespace.name</c>, as they are read.</summary>
    public required IReadOnlyDictionary<string, Table> Sources { get; init; }

    /// <summary>Tables of models by the models' names; those that are not there yet are missing.</summary>
    public required IReadOnlyDictionary<string, Table> Tables { get; init; }

    /// <summary>Why incremental models are built from nothing, or null when they are not.</summary>
    public string? FullRefresh { get; init; }

    /// <summary>What came into the sources' tables since, by <c>namespace.name</c>; empty in a full refresh.</summary>
    public IReadOnlyDictionary<string, ScanPlan> Arrivals { get; init; } = new Dictionary<string, ScanPlan>();

    /// <summary>The rows of models that are built onto or only read, by name.</summary>
    public required IReadOnlyDictionary<string, ScanPlan> Attached { get; init; }

    /// <summary>State of a model after the run.</summary>
    public required IReadOnlyDictionary<string, ModelState> After { get; init; }

    /// <summary>State of landed models before the run.</summary>
    public required IReadOnlyDictionary<string, ModelState> Before { get; init; }

    public long ArrivedRows => Arrivals.Values.Sum(a => a.RecordCount);
}
