using DuckDB.NET.Data;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;

namespace Floe.SeedWorker.Transform.Lineage;

/// <summary>Which columns the columns of a project's models come from, and how.</summary>
public sealed class ProjectLineage
{
    private readonly DbtProject _project;
    private readonly Dictionary<string, QueryLineage> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unknown = new(StringComparer.Ordinal);

    private ProjectLineage(DbtProject project) => _project = project;

    /// <summary>Lineage by model: from the models and sources that it reads itself.</summary>
    public IReadOnlyDictionary<string, QueryLineage> Models => _models;

    /// <summary>Models whose lineage is not known, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Unknown => _unknown;

    /// <summary>Plans every model over empty tables of the types that its inputs have; no data is read.</summary>
    /// <param name="project">The project.</param>
    /// <param name="sources">Columns with types of the sources' tables, by <c>source.table</c>.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<ProjectLineage> ReadAsync(DbtProject project, IReadOnlyDictionary<string, IReadOnlyList<(string Name, string Type)>> sources, CancellationToken ct)
    {
        var lineage = new ProjectLineage(project);
        var scope = new RelationScope(project, new Dictionary<string, string>(), inline: false);
        var datasets = project.Models.ToDictionary(m => ("main", m.Name), m => m.Name);
        await using var db = await DuckDbSession.OpenAsync(ct);
        foreach (var source in project.Sources)
        {
            if (!sources.TryGetValue($"{source.Source}.{source.Table}", out var columns))
                continue;
            // What arrived of a table is the table's.
            datasets[(source.Schema, source.Identifier)] = $"{source.ArrivalsOf ?? source.Source}.{source.Table}";
            await Sql.ExecuteAsync(db, $"create schema if not exists {RelationScope.Quote(source.Schema)}; create table {RelationScope.Relation(source)} ({string.Join(", ", columns.Select(c => $"{RelationScope.Quote(c.Name)} {c.Type}"))})", ct);
        }

        foreach (var model in project.Models)
        {
            try
            {
                var sql = scope.Query(model, incremental: false);
                await Sql.ExecuteAsync(db, $"create table {RelationScope.Relation(model.Name)} as select * from (\n{sql}\n) limit 0", ct);
                var names = await Sql.ColumnsAsync(db, $"select * from {RelationScope.Relation(model.Name)}", ct);
                await using var command = db.CreateCommand();
                command.CommandText = $"select json_serialize_plan({Sql.Text(sql)}, optimize := false)";
                var (inputs, rows) = PlanLineage.Read((string)(await command.ExecuteScalarAsync(ct))!, (schema, table) => datasets[(schema, table)]);
                lineage._models[model.Name] = new QueryLineage([.. names.Select((n, i) => KeyValuePair.Create(n.Name, inputs[i].All))], rows.All);
            }
            catch (Exception e) when (e is LineageException or DuckDBException)
            {
                lineage._unknown[model.Name] = e.Message.Split('\n')[0];
            }
        }

        return lineage;
    }

    /// <summary>Where a model's columns come from in the end: through the models in between, as far as a condition says to go.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="stop">Which models to stop at; by default none, so that all inputs are those of sources.</param>
    /// <exception cref="LineageException">The lineage of a model on the way is not known.</exception>
    public QueryLineage Through(string model, Func<DbtModel, bool>? stop = null)
    {
        var known = new Dictionary<string, QueryLineage>(StringComparer.Ordinal);
        return Of(model);

        QueryLineage Of(string name)
        {
            if (known.TryGetValue(name, out var done))
                return done;
            if (!_models.TryGetValue(name, out var own))
                throw new LineageException($"The lineage of '{name}' is not known: {_unknown.GetValueOrDefault(name, "there is no such model")}");
            var rows = Resolve(own.Rows);
            foreach (var parent in own.Columns.SelectMany(c => c.Value.Keys).Concat(own.Rows.Keys).Select(i => i.Dataset).Distinct().Where(Inner))
                rows.Add(Of(parent).Rows, Influence.Identity);
            return known[name] = new QueryLineage([.. own.Columns.Select(c => KeyValuePair.Create(c.Key, Resolve(c.Value).All))], rows.All);
        }

        bool Inner(string dataset) => _project.Models.FirstOrDefault(m => m.Name == dataset) is { } inner && stop?.Invoke(inner) != true;

        Inputs Resolve(IReadOnlyDictionary<InputColumn, Influence> inputs)
        {
            var result = new Inputs();
            foreach (var (input, how) in inputs)
            {
                if (Inner(input.Dataset))
                    result.Add(Of(input.Dataset)[input.Column], how);
                else
                    result.Add(input, how);
            }

            return result;
        }
    }

    /// <summary>As <see cref="Through"/>, from landed table to landed table: what a reader of the lakehouse sees.</summary>
    public QueryLineage BetweenTables(string model) => Through(model, m => m.IcebergNamespace is not null);
}
