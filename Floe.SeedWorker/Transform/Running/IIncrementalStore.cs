using System.Data.Common;
using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>Where the rows of incremental models are between runs.</summary>
public interface IIncrementalStore
{
    /// <summary>Whether data tests on columns of an incremental model look at the rows of the run alone; those that were there passed when they came.</summary>
    bool TestsNewRowsOnly { get; }

    /// <summary>Whether the model has rows of an earlier run that this one adds to; its relation is then readable.</summary>
    Task<bool> HasAsync(DbConnection db, DbtModel model, CancellationToken ct);

    /// <summary>Makes the model's relation what the strategy says: the rows that were there and those of the run.</summary>
    /// <param name="db">The database.</param>
    /// <param name="model">The model.</param>
    /// <param name="columns">Columns of the relation from now on: its own, and new ones of the run.</param>
    /// <param name="newRows">The relation with the rows of the run.</param>
    /// <param name="ct">Ends the work.</param>
    Task ApplyAsync(DbConnection db, DbtModel model, IncrementalColumns columns, string newRows, CancellationToken ct);
}
