using System.Globalization;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Snapshots;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Lineage;
using Floe.ServiceDefaults.Lineage;
using Floe.ServiceDefaults.Lineage.Facets;

namespace Floe.CubeProxy.Lineage;

/// <summary>
/// What lineage says of the query layer: a cube is a dataset whose fields are its measures and dimensions, made from its table by a job that runs with every
/// new snapshot of the table: that is when the table is loaded here, or seen before a real Cube. Cubes whose tables stayed as they were are not told of again.
/// </summary>
internal sealed class CubeLineage(SemanticModel model, LineageEmitter emitter, LakehouseLineage tables, TimeProvider clock) : IRefreshObserver
{
    private static readonly JobTypeFacet s_refresh = JobTypeFacet.Batch("CUBE", "REFRESH");
    private static readonly JobTypeFacet s_cube = JobTypeFacet.Batch("CUBE", "CUBE");

    private readonly Dictionary<string, string> _told = [];

    public void Refreshed(IReadOnlyDictionary<TableName, ITableVersion> versions, DateTimeOffset started)
    {
        if (!emitter.IsOn) return;
        var changed = model.Cubes.Where(cube => _told.GetValueOrDefault(cube.Name) != VersionOf(cube, versions)).ToList();
        if (changed.Count == 0) return;
        var columns = new MemberColumns(versions.ToDictionary(version => version.Key, version => new HashSet<string>(version.Value.Columns ?? [], StringComparer.OrdinalIgnoreCase)));
        var (ended, run) = (clock.GetUtcNow(), Guid.CreateVersion7(started));
        Emit(RunEventType.Start, run, new(), LineageNames.RefreshJob, s_refresh, started, [], []);
        foreach (var cube in changed)
        {
            var (name, facets) = (LineageNames.CubeJob(cube.Name), new RunFacets { Parent = ParentFacet.Of(run, emitter.Job(LineageNames.RefreshJob)) });
            var (part, inputs) = (LineageRuns.Part(run, name), Inputs(cube, versions));
            Emit(RunEventType.Start, part, facets, name, s_cube, started, inputs, [], cube.Description);
            Emit(RunEventType.Complete, part, facets, name, s_cube, ended, inputs, [Output(cube, columns)], cube.Description);
            _told[cube.Name] = VersionOf(cube, versions);
        }
        Emit(RunEventType.Complete, run, new(), LineageNames.RefreshJob, s_refresh, ended, [], []);
    }

    public void Failed(DateTimeOffset started, string reason)
    {
        var run = Guid.CreateVersion7(started);
        Emit(RunEventType.Start, run, new(), LineageNames.RefreshJob, s_refresh, started, [], []);
        Emit(RunEventType.Fail, run, new() { ErrorMessage = new(emitter.Secrets.Apply(reason)) }, LineageNames.RefreshJob, s_refresh, clock.GetUtcNow(), [], []);
    }

    private void Emit(
        RunEventType type, Guid run, RunFacets facets, string job, JobTypeFacet kind, DateTimeOffset at,
        IReadOnlyList<InputDataset> inputs, IReadOnlyList<OutputDataset> outputs, string? description = null) => emitter.Emit(new()
    {
        EventType = type,
        EventTime = at,
        Run = new(run, facets),
        Job = emitter.Job(job, new() { JobType = kind, Documentation = description is null ? null : new(description) }),
        Inputs = inputs,
        Outputs = outputs,
    });

    private static string VersionOf(Cube cube, IReadOnlyDictionary<TableName, ITableVersion> versions) =>
        string.Join('|', TablesOf(cube, versions).OrderBy(table => table.ToString(), StringComparer.Ordinal).Select(table => versions[table].Id));

    /// <summary>The tables that a cube reads: its own; those that its query names; those of a view's cubes.</summary>
    private static IEnumerable<TableName> TablesOf(Cube cube, IReadOnlyDictionary<TableName, ITableVersion> versions) => cube switch
    {
        { IsView: true } => CubesOf(cube).SelectMany(of => TablesOf(of, versions)).Distinct(),
        { Table: { } table } => [table],
        { Sql: { } sql } => versions.Keys.Where(table => sql.Text.Contains(table.ToString(), StringComparison.OrdinalIgnoreCase)),
        _ => [],
    };

    private static IEnumerable<Cube> CubesOf(Cube view) => view.Members.SelectMany(member => member.Templates).SelectMany(template => template.Members).Select(member => member.Cube).Distinct();

    private IReadOnlyList<InputDataset> Inputs(Cube cube, IReadOnlyDictionary<TableName, ITableVersion> versions) => cube.IsView
        ? [.. CubesOf(cube).Select(of => InputDataset.Of(LineageNames.Cube(of.Name)))]
        : [.. TablesOf(cube, versions).Select(table => tables.Read(new TableIdentifier(table.Schema, table.Name), long.Parse(versions[table].Snapshot, CultureInfo.InvariantCulture)))];

    private OutputDataset Output(Cube cube, MemberColumns columns)
    {
        var members = cube.Members.Where(member => member is Measure or Dimension).ToList();
        return OutputDataset.Of(LineageNames.Cube(cube.Name), new()
        {
            Schema = new([.. members.Select(member => new SchemaField(member.Name, member is Measure ? $"measure: {member.ApiType}" : $"dimension: {member.ApiType}", member.Description))]),
            ColumnLineage = new(members.Select(member => (member.Name, Fields: cube.IsView ? OfView(member) : OfCube(member, columns))).Where(field => field.Fields.Count > 0)
                .ToDictionary(field => field.Name, field => new FieldLineage(field.Fields))),
            Documentation = cube.Description is null ? null : new(cube.Description),
        });
    }

    private static IReadOnlyList<InputField> OfView(Member member) =>
        [.. member.Templates.SelectMany(template => template.Members).Distinct().Select(of => InputField.Of(LineageNames.Cube(of.Cube.Name), of.Name, new FieldTransformation("DIRECT", "IDENTITY")))];

    private IReadOnlyList<InputField> OfCube(Member member, MemberColumns columns) =>
        [.. columns.Of(member).GroupBy(column => (column.Table, column.Column)).Select(group => InputField.Of(
            tables.Name(new TableIdentifier(group.Key.Table.Schema, group.Key.Table.Name)), group.Key.Column, [.. group.Select(column => column.How).Distinct()]))];
}
