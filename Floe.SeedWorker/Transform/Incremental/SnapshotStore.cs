using System.Data.Common;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;

namespace Floe.SeedWorker.Transform.Incremental;

/// <summary>Incremental models over the files of their tables' snapshots: nothing is copied into the database, a model's relation is a view over the
/// rows that stay and those of the run.</summary>
/// <param name="models">Names of the models whose rows are attached.</param>
internal sealed class SnapshotStore(IReadOnlySet<string> models) : IIncrementalStore
{
    private const string Schema = "floe_base";

    public bool TestsNewRowsOnly => true;

    public Task<bool> HasAsync(DbConnection db, DbtModel model, CancellationToken ct) => Task.FromResult(models.Contains(model.Name));

    /// <summary>Makes a model's rows readable, as its relation.</summary>
    public static Task AttachAsync(DbConnection db, DbtModel model, string rows, CancellationToken ct) => Sql.ExecuteAsync(
        db,
        $"create schema if not exists {Schema}; create view {Base(model)} as select * from {rows}; create view {DbtRunner.Relation(model)} as select * from {Base(model)}",
        ct);

    public Task ApplyAsync(DbConnection db, DbtModel model, IncrementalColumns columns, string newRows, CancellationToken ct) => Sql.ExecuteAsync(
        db, $"create or replace view {DbtRunner.Relation(model)} as {Merged(model, Base(model), newRows)}", ct);

    /// <summary>The rows of a relation that stay, and the run's.</summary>
    public static string Merged(DbtModel model, string rows, string newRows) => $"select * from ({Staying(model, rows, newRows)}) union all by name select * from {newRows}";

    /// <summary>How many rows of the relation the run's rows take the place of, by the value of an expression over it.</summary>
    public static string CountGoing(DbtModel model, string rows, string newRows, string by) => model.Config.Strategy == IncrementalStrategy.Append
        ? "select null, 0 where false"
        : $"select {by}, count(*) from {rows} as {TableStore.Destination} semi join {Keys(model, newRows)} as n on {TableStore.SameKey(model, TableStore.Destination, "n")} where {TableStore.MayGo(model)} group by all";

    private static string Staying(DbtModel model, string rows, string newRows) => model.Config.Strategy == IncrementalStrategy.Append
        ? $"select * from {rows}"
        : $"select old.* from {rows} as old anti join {Keys(model, newRows)} as n on {TableStore.SameKey(model, "old", "n")}";

    private static string Keys(DbtModel model, string newRows) => $"(select distinct {string.Join(", ", model.Config.UniqueKey.Select(RelationScope.Quote))} from {newRows})";

    private static string Base(DbtModel model) => $"{Schema}.{RelationScope.Quote(model.Name)}";
}
