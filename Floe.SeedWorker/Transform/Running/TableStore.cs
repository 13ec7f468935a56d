using System.Data.Common;
using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>Incremental models as tables of the database itself, changed in place.</summary>
/// <param name="fullRefresh">Builds them from nothing.</param>
public sealed class TableStore(bool fullRefresh) : IIncrementalStore
{
    /// <inheritdoc/>
    public bool TestsNewRowsOnly => false;

    /// <inheritdoc/>
    public async Task<bool> HasAsync(DbConnection db, DbtModel model, CancellationToken ct) =>
        !fullRefresh && await Sql.CountAsync(db, $"select count(*) from duckdb_tables() where database_name = current_database() and schema_name = 'main' and table_name = {Sql.Text(model.Name)}", ct) > 0;

    /// <inheritdoc/>
    public async Task ApplyAsync(DbConnection db, DbtModel model, IncrementalColumns columns, string newRows, CancellationToken ct)
    {
        var table = RelationScope.Relation(model.Name);
        var statements = new List<string> { "begin" };
        statements.AddRange(columns.Added.Select(c => $"alter table {table} add column {RelationScope.Quote(c.Name)} {c.Type}"));
        if (model.Config.Strategy != IncrementalStrategy.Append)
            statements.Add($"delete from {table} as {Destination} using (select distinct {string.Join(", ", model.Config.UniqueKey.Select(RelationScope.Quote))} from {newRows}) as n where {SameKey(model, Destination, "n")} and {MayGo(model)}");
        statements.Add($"insert into {table} by name select * from {newRows}");
        statements.Add("commit");
        try
        {
            await Sql.ExecuteAsync(db, string.Join(";\n", statements), ct);
        }
        catch
        {
            await Sql.ExecuteAsync(db, "rollback", CancellationToken.None);
            throw;
        }
    }

    /// <summary>dbt's name for an incremental model's rows in conditions about them.</summary>
    internal const string Destination = "DBT_INTERNAL_DEST";

    /// <summary>Which rows of <see cref="Destination"/> a run's rows may take the place of.</summary>
    internal static string MayGo(DbtModel model) => model.Config.IncrementalPredicates.Count == 0 ? "true" : string.Join(" and ", model.Config.IncrementalPredicates.Select(p => $"({p})"));

    internal static string SameKey(DbtModel model, string left, string right) =>
        string.Join(" and ", model.Config.UniqueKey.Select(k => $"{left}.{RelationScope.Quote(k)} = {right}.{RelationScope.Quote(k)}"));
}
