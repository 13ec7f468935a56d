using System.Globalization;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Templates;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>What names in models and tests stand for in the database.</summary>
/// <param name="project">The project.</param>
/// <param name="vars">Variables that override the project's.</param>
/// <param name="inline">Puts ephemeral models into what reads them; otherwise they are relations like others.</param>
internal sealed class RelationScope(DbtProject project, IReadOnlyDictionary<string, string> vars, bool inline = true)
{
    public const string NewRowsSchema = "floe_new";
    private const string ModelSchema = "main";

    public static string Relation(string model) => $"{ModelSchema}.{Quote(model)}";

    public static string Relation(DbtSource source) => $"{Quote(source.Schema)}.{Quote(source.Identifier)}";

    /// <summary>The rows that a run gives an incremental model.</summary>
    public static string NewRows(string model) => $"{NewRowsSchema}.{Quote(model)}";

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The query of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="incremental">What <c>is_incremental()</c> says.</param>
    public string Query(DbtModel model, bool incremental) => Compile(model, incremental).Sql;

    /// <summary>As <see cref="Query(DbtModel, bool)"/>, with the places that its lines come from.</summary>
    public CompiledQuery Compile(DbtModel model, bool incremental)
    {
        var inlined = new Inlined(this);
        return CompiledQuery.Of(model.Template.Render(new Names(this, inlined, model.File, Relation(model.Name), incremental)), model.File, 1, inlined.All);
    }

    /// <summary>The query of a test: its rows are the failures.</summary>
    /// <param name="test">The test.</param>
    /// <param name="newRowsOnly">Asks a column of an incremental model in the rows of this run alone.</param>
    public string Query(DbtTest test, bool newRowsOnly = false) => Compile(test, newRowsOnly).Sql;

    /// <summary>As <see cref="Query(DbtTest, bool)"/>, with the places that its lines come from.</summary>
    public CompiledQuery Compile(DbtTest test, bool newRowsOnly = false)
    {
        var inlined = new Inlined(this);
        var sql = test switch
        {
            SingularTest own => own.Template.Render(new Names(this, inlined, own.File, "", false)),
            ColumnTest column => Query(column, newRowsOnly, inlined),
            _ => throw new ArgumentException($"Unknown test {test}."),
        };
        return CompiledQuery.Of(sql, test.File, test.Line, inlined.All);
    }

    private static string Query(ColumnTest test, bool newRowsOnly, Inlined inlined)
    {
        var relation = test.Model is not { } model ? Relation(test.Source!) : newRowsOnly ? NewRows(model) : inlined.Relation(model);
        var column = Quote(test.Column);
        return test.Kind switch
        {
            "unique" => $"select {column} from {relation} where {column} is not null group by {column} having count(*) > 1",
            "not_null" => $"select {column} from {relation} where {column} is null",
            "accepted_values" => $"select {column} from {relation} where {column} not in ({string.Join(", ", test.Values.Select(Literal))})",
            _ => $"select {column} from {relation} as child where {column} is not null and not exists (select 1 from {inlined.Relation(test.ToModel!)} as parent where parent.{Quote(test.Field!)} = child.{column})",
        };
    }

    private static string Literal(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The ephemeral models that a query reads, itself or through others.</summary>
    private sealed class Inlined(RelationScope scope)
    {
        private readonly List<(string Name, string Sql, string File)> _all = [];

        public IReadOnlyList<(string Name, string Sql, string File)> All => _all;

        /// <summary>What a model is called in the query.</summary>
        public string Relation(string name)
        {
            if (!scope.Inline || scope.Project.Model(name) is not { Materialized: Materialization.Ephemeral } model)
                return RelationScope.Relation(name);
            // As dbt calls them.
            var expression = Quote($"__dbt__cte__{name}");
            if (_all.All(m => m.Name != expression))
            {
                // Those that it reads come before it.
                var sql = model.Template.Render(new Names(scope, this, model.File, RelationScope.Relation(name), false));
                _all.Add((expression, sql, model.File));
            }

            return expression;
        }
    }

    private sealed class Names(RelationScope scope, Inlined inlined, string file, string self, bool incremental) : ITemplateScope
    {
        public string This => self;

        public bool IsIncremental => incremental;

        public string Ref(string model, int line) => inlined.Relation(model);

        public string Source(string source, string table, int line) =>
            Relation(scope.Project.Sources.First(s => s.Source == source && s.Table == table));

        public string Var(string name, object? otherwise, bool hasOtherwise, int line) =>
            scope.Vars.TryGetValue(name, out var given) ? given
            : scope.Project.Vars.TryGetValue(name, out var value) ? value
            : hasOtherwise ? Convert.ToString(otherwise, CultureInfo.InvariantCulture) ?? ""
            : throw new DbtException(file, line, $"var('{name}') has no value; set it under vars in dbt_project.yml, or give a default.");
    }

    private DbtProject Project => project;

    private bool Inline => inline;

    private IReadOnlyDictionary<string, string> Vars => vars;
}
