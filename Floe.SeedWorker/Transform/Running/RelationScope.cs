using System.Globalization;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Templates;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>What names in models and tests stand for in the database.</summary>
internal sealed class RelationScope(DbtProject project, IReadOnlyDictionary<string, string> vars)
{
    private const string ModelSchema = "main";

    public static string Relation(string model) => $"{ModelSchema}.{Quote(model)}";

    public static string Relation(DbtSource source) => $"{Quote(source.Schema)}.{Quote(source.Identifier)}";

    public ITemplateScope For(DbtModel model) => new Names(this, model.File, Relation(model.Name));

    /// <summary>The query of a test: its rows are the failures.</summary>
    public string Query(DbtTest test) => test switch
    {
        SingularTest own => own.Template.Render(new Names(this, own.File, "")),
        ColumnTest column => Query(column),
        _ => throw new ArgumentException($"Unknown test {test}."),
    };

    private static string Query(ColumnTest test)
    {
        var relation = test.Model is { } model ? Relation(model) : Relation(test.Source!);
        var column = Quote(test.Column);
        return test.Kind switch
        {
            "unique" => $"select {column} from {relation} where {column} is not null group by {column} having count(*) > 1",
            "not_null" => $"select {column} from {relation} where {column} is null",
            "accepted_values" => $"select {column} from {relation} where {column} not in ({string.Join(", ", test.Values.Select(Literal))})",
            _ => $"select {column} from {relation} where {column} is not null and {column} not in (select {Quote(test.Field!)} from {Relation(test.ToModel!)} where {Quote(test.Field!)} is not null)",
        };
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private sealed class Names(RelationScope scope, string file, string self) : ITemplateScope
    {
        public string This => self;

        // Views and tables are built anew, for which dbt's is_incremental() is false.
        public bool IsIncremental => false;

        public string Ref(string model, int line) => Relation(model);

        public string Source(string source, string table, int line) =>
            Relation(scope.Project.Sources.First(s => s.Source == source && s.Table == table));

        public string Var(string name, object? otherwise, bool hasOtherwise, int line) =>
            scope.Vars.TryGetValue(name, out var given) ? given
            : scope.Project.Vars.TryGetValue(name, out var value) ? value
            : hasOtherwise ? Convert.ToString(otherwise, CultureInfo.InvariantCulture) ?? ""
            : throw new DbtException(file, line, $"var('{name}') has no value; set it under vars in dbt_project.yml, or give a default.");
    }

    private DbtProject Project => project;

    private IReadOnlyDictionary<string, string> Vars => vars;
}
