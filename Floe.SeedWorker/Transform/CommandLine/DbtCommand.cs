using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Floe.SeedWorker.Generation.CommandLine;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Transform.Artifacts;
using Floe.SeedWorker.Transform.Lineage;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Floe.ServiceDefaults.CommandLine;

namespace Floe.SeedWorker.Transform.CommandLine;

/// <summary>The verb <c>dbt</c>: the runner over files or a DuckDB database, without a lakehouse.</summary>
internal static class DbtCommand
{
    /// <summary>Exit code when a model or test is not well.</summary>
    public const int Failed = 1;

    private static readonly IReadOnlyList<Option> s_options =
    [
        new("--project-dir", "DIR", "folder with dbt_project.yml (the worker's own project)"),
        new("--database", "FILE", "DuckDB database that models are kept in; incremental models need one (in memory)"),
        new("--data", "DIR", "raw tables as DIR/TABLE/**/*.parquet, DIR/TABLE.parquet or DIR/TABLE.csv; without it the database has them"),
        new("--select", "NODES", "which nodes, in dbt's words: 'stg_orders+ tag:nightly', 'path:models/marts,config.materialized:table' (all)"),
        new("--exclude", "NODES", "which nodes not"),
        new("--full-refresh", null, "builds incremental models from nothing"),
        new("--vars", "JSON", "variables over the project's, {\"as_of\": \"timestamp '2026-01-01'\"}"),
        new("--target-path", "DIR", "where manifest.json, run_results.json and compiled/ go (target)"),
    ];

    /// <summary>Runs the verb.</summary>
    /// <returns>The exit code: 0, 1 when a node is not well, 64 for a wrong command line.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken ct)
    {
        try
        {
            if (args.Length == 0 || args.Any(a => a is "--help" or "-h"))
            {
                await output.WriteAsync(Help());
                return args.Length == 0 ? GenerateCommand.UsageError : 0;
            }

            return args[0] is "run" or "test" or "build" or "ls" or "compile"
                ? await RunAsync(args[0], Arguments.Parse(args[1..], s_options), output, time, ct)
                : throw new UsageException($"'{args[0]}' is no command; there are run, test, build, ls and compile");
        }
        catch (Exception e) when (e is UsageException or SelectionException)
        {
            await errors.WriteLineAsync($"dbt: {e.Message.TrimEnd('.')} (see dbt --help).");
            return GenerateCommand.UsageError;
        }
        catch (Exception e) when (e is DbtException or DuckDBException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"dbt: {e.Message}");
            return Failed;
        }
    }

    private static async Task<int> RunAsync(string command, Arguments given, TextWriter output, TimeProvider time, CancellationToken ct)
    {
        var project = DbtProject.Load(given.Text("--project-dir") ?? Path.Combine(AppContext.BaseDirectory, "dbt"));
        var nodes = NodeSelector.Select(new NodeGraph(project), given.Text("--select") ?? "", given.Text("--exclude") ?? "");
        var graph = new NodeGraph(project);
        if (command == "ls")
        {
            foreach (var id in graph.All.Select(n => n.UniqueId).Where(nodes.Contains).Order(StringComparer.Ordinal))
                await output.WriteLineAsync(id);
            return 0;
        }

        var target = given.Text("--target-path") ?? "target";
        var vars = Variables(given.Text("--vars"));
        await using var db = await OpenAsync(given.Text("--database"), ct);
        await AttachAsync(db, project, given.Text("--data"), ct);
        var invocation = Guid.NewGuid().ToString();
        if (command == "compile")
        {
            await CompileAsync(project, nodes, graph, vars, target, output, ct);
            await DbtArtifacts.WriteAsync(target, DbtArtifacts.ManifestFile, DbtArtifacts.Manifest(project, await LineageAsync(db, project, ct), invocation, time.GetUtcNow()), ct);
            return 0;
        }

        var store = new TableStore(given.Has("--full-refresh"));
        var verb = Enum.Parse<DbtVerb>(command, ignoreCase: true);
        var results = await new DbtRunner(project, vars, store, time).RunAsync(db, verb, nodes, ct);
        await Sql.ExecuteAsync(db, $"drop schema if exists {RelationScope.NewRowsSchema} cascade", ct);
        var at = 0;
        foreach (var node in results.Nodes)
        {
            var rows = node.IsTest ? "" : node.Rows is { } count ? string.Create(CultureInfo.InvariantCulture, $" {count:N0} rows{(node.Incremental ? " merged" : "")}") : " view";
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{++at,3} of {results.Nodes.Count} {node.Status.ToString().ToUpperInvariant(),-7} {node.Name}{rows} [{node.Elapsed.TotalSeconds:0.00} s]{(node.Message is { } m ? $" {m}" : "")}"));
        }

        var wrote = new JsonObject { ["which"] = command, ["select"] = given.Text("--select"), ["exclude"] = given.Text("--exclude"), ["full_refresh"] = given.Has("--full-refresh") };
        await DbtArtifacts.WriteAsync(target, DbtArtifacts.RunResultsFile, DbtArtifacts.RunResults(project, results, invocation, wrote, time.GetUtcNow()), ct);
        await DbtArtifacts.WriteAsync(target, DbtArtifacts.ManifestFile, DbtArtifacts.Manifest(project, await LineageAsync(db, project, ct), invocation, time.GetUtcNow()), ct);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Nodes.Count(n => n.Status is NodeStatus.Success or NodeStatus.Pass)} well, {results.Nodes.Count(n => n.Status == NodeStatus.Fail)} failed, {results.Nodes.Count(n => n.Status == NodeStatus.Error)} in error, {results.Nodes.Count(n => n.Status == NodeStatus.Skipped)} skipped in {results.Elapsed.TotalSeconds:0.00} s; {Path.Combine(target, DbtArtifacts.RunResultsFile)}"));
        return results.Succeeded ? 0 : Failed;
    }

    private static async Task CompileAsync(
        DbtProject project, IReadOnlySet<string> nodes, NodeGraph graph, IReadOnlyDictionary<string, string> vars, string target, TextWriter output, CancellationToken ct)
    {
        var scope = new RelationScope(project, vars);
        foreach (var node in graph.InOrder.Where(n => nodes.Contains(n.UniqueId)))
        {
            var sql = node.Model is { } model ? scope.Query(model, incremental: false) : scope.Query(node.Test!);
            var path = Path.Combine(target, "compiled", node.Test is ColumnTest ? $"{node.File}/{node.Name}.sql" : node.File);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, sql, ct);
            await output.WriteLineAsync(path);
        }
    }

    private static async Task<DuckDBConnection> OpenAsync(string? file, CancellationToken ct)
    {
        if (file is null)
            return await DuckDbSession.OpenAsync(ct, Environment.ProcessorCount);
        var db = new DuckDBConnection($"Data Source={file};autoinstall_known_extensions=false;autoload_known_extensions=false");
        await db.OpenAsync(ct);
        await Sql.ExecuteAsync(db, "set TimeZone = 'UTC'", ct);
        return db;
    }

    /// <summary>Makes the sources readable: files as views, and what is said to have arrived as views of the tables.</summary>
    private static async Task AttachAsync(DuckDBConnection db, DbtProject project, string? data, CancellationToken ct)
    {
        foreach (var source in project.Sources)
        {
            string from;
            if (source.ArrivalsOf is { } of)
            {
                if (data is null && await IsThereAsync(db, source, ct))
                    continue;
                from = RelationScope.Relation(project.Sources.First(s => s.Source == of && s.Table == source.Table));
            }
            else if (data is not null)
            {
                from = Files(data, source);
            }
            else
            {
                continue;
            }

            await Sql.ExecuteAsync(db, $"create schema if not exists {RelationScope.Quote(source.Schema)}; create or replace view {RelationScope.Relation(source)} as select * from {from}", ct);
        }
    }

    private static async Task<bool> IsThereAsync(DuckDBConnection db, DbtSource source, CancellationToken ct) => await Sql.CountAsync(
        db, $"select count(*) from information_schema.tables where table_schema = {Sql.Text(source.Schema)} and table_name = {Sql.Text(source.Identifier)}", ct) > 0;

    private static string Files(string data, DbtSource source)
    {
        var name = Path.Combine(Path.GetFullPath(data), source.Table);
        return Directory.Exists(name) ? $"read_parquet({Sql.Text($"{name}/**/*.parquet")}, hive_partitioning = false, union_by_name = true)"
            : File.Exists($"{name}.parquet") ? $"read_parquet({Sql.Text($"{name}.parquet")})"
            : File.Exists($"{name}.csv") ? $"read_csv({Sql.Text($"{name}.csv")})"
            : throw new UsageException($"--data is {data}, which has neither a folder {source.Table} nor {source.Table}.parquet or .csv for the source {source.Source}.{source.Table}");
    }

    private static async Task<ProjectLineage> LineageAsync(DuckDBConnection db, DbtProject project, CancellationToken ct)
    {
        var sources = new Dictionary<string, IReadOnlyList<(string Name, string Type)>>(StringComparer.Ordinal);
        foreach (var source in project.Sources)
        {
            if (await IsThereAsync(db, source, ct))
                sources[$"{source.Source}.{source.Table}"] = await Sql.ColumnsAsync(db, $"select * from {RelationScope.Relation(source)}", ct);
        }

        return await ProjectLineage.ReadAsync(project, sources, ct);
    }

    private static Dictionary<string, string> Variables(string? json)
    {
        if (json is null)
            return [];
        try
        {
            return JsonNode.Parse(json) is JsonObject vars
                ? vars.ToDictionary(v => v.Key, v => v.Value is JsonValue value ? value.ToString() : throw new UsageException($"--vars has '{v.Key}', which is no text or number; give plain values"))
                : throw new UsageException($"--vars is {json}; it must be a JSON object");
        }
        catch (System.Text.Json.JsonException)
        {
            throw new UsageException($"--vars is {json}; it must be a JSON object, {{\"name\": \"value\"}}");
        }
    }

    private static string Help()
    {
        var help = new StringBuilder("dbt run|test|build|ls|compile [options]: builds a dbt project's models in DuckDB and asks its tests.\n\n");
        foreach (var option in s_options)
            help.Append(CultureInfo.InvariantCulture, $"  {option,-22} {option.Meaning}\n");
        return help.Append("\nExit code 0 when all is well, 1 when a model or test is not, 64 for a wrong command line.\n").ToString();
    }
}
