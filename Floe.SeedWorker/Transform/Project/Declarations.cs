using Floe.SeedWorker.Transform.Templates;
using YamlDotNet.RepresentationModel;

namespace Floe.SeedWorker.Transform.Project;

/// <summary>What the YAML files beside the models declare: sources, and tests on columns.</summary>
internal sealed class Declarations(IReadOnlySet<string> models)
{
    private readonly List<DbtSource> _sources = [];
    private readonly List<DbtTest> _tests = [];

    public IReadOnlyList<DbtSource> Sources => _sources;

    public IReadOnlyList<DbtTest> Tests => _tests;

    public void Read(YamlFile yaml)
    {
        // Exposures document who reads the models; nothing here depends on them.
        var root = yaml.Entries(yaml.Root, "the file", "version", "models", "sources", "exposures");
        if (root.TryGetValue("sources", out var sources))
        {
            foreach (var source in yaml.List(sources, "sources"))
                ReadSource(yaml, source);
        }

        if (root.TryGetValue("models", out var declared))
        {
            foreach (var model in yaml.List(declared, "models"))
                ReadModel(yaml, model);
        }
    }

    private void ReadSource(YamlFile yaml, YamlNode node)
    {
        var source = yaml.Entries(node, "a source", "name", "description", "schema", "tables");
        var name = yaml.Text(source, "name", node, "a source");
        var schema = source.TryGetValue("schema", out var given) ? yaml.Text(given, "schema") : name;
        foreach (var tableNode in yaml.List(source.GetValueOrDefault("tables") ?? throw yaml.Error(node, $"The source '{name}' has no tables."), "tables"))
        {
            var table = yaml.Entries(tableNode, "a table", "name", "description", "identifier", "columns");
            var tableName = yaml.Text(table, "name", tableNode, "a table");
            var declared = new DbtSource(name, tableName, schema, table.TryGetValue("identifier", out var identifier) ? yaml.Text(identifier, "identifier") : tableName);
            _sources.Add(declared);
            ReadColumns(yaml, table, null, declared);
        }
    }

    private void ReadModel(YamlFile yaml, YamlNode node)
    {
        var model = yaml.Entries(node, "a model", "name", "description", "columns");
        var name = yaml.Text(model, "name", node, "a model");
        if (!models.Contains(name))
            throw yaml.Error(node, $"The model '{name}' is described here and has no SQL file.");
        ReadColumns(yaml, model, name, null);
    }

    private void ReadColumns(YamlFile yaml, Dictionary<string, YamlNode> owner, string? model, DbtSource? source)
    {
        if (!owner.TryGetValue("columns", out var columns))
            return;
        foreach (var node in yaml.List(columns, "columns"))
        {
            var column = yaml.Entries(node, "a column", "name", "description", "data_type", "data_tests", "tests");
            var name = yaml.Text(column, "name", node, "a column");
            foreach (var key in new[] { "data_tests", "tests" })
            {
                if (!column.TryGetValue(key, out var tests))
                    continue;
                foreach (var test in yaml.List(tests, key))
                    _tests.Add(ReadTest(yaml, test, model, source, name));
            }
        }
    }

    private ColumnTest ReadTest(YamlFile yaml, YamlNode node, string? model, DbtSource? source, string column)
    {
        var (kind, body) = node switch
        {
            YamlScalarNode { Value: { } text } => (text, null),
            YamlMappingNode { Children: [var only] } => (yaml.Text(only.Key, "The test's name"), only.Value),
            _ => throw yaml.Error(node, "A test is its name, or its name with arguments."),
        };

        IReadOnlyList<string> values = [];
        string? toModel = null, field = null;
        var arguments = Arguments(yaml, body, kind);
        switch (kind)
        {
            case "unique" or "not_null":
                if (arguments.Count > 0)
                    throw yaml.Error(node, $"'{kind}' takes no arguments.");
                break;
            case "accepted_values":
                values = [.. yaml.List(arguments.GetValueOrDefault("values") ?? throw yaml.Error(node, "'accepted_values' needs values."), "values").Select(v => yaml.Text(v, "A value"))];
                break;
            case "relationships":
                field = yaml.Text(arguments, "field", node, "'relationships'");
                var to = yaml.Text(arguments, "to", node, "'relationships'");
                toModel = TemplateParser.ParseExpression(yaml.Name, YamlFile.Line(arguments["to"]), to) is CallExpression { Function: "ref", Arguments: [string target] } && models.Contains(target)
                    ? target
                    : throw yaml.Error(arguments["to"], $"'{to}' must be ref('model') with a model of the project.");
                break;
            default:
                throw yaml.Error(node, $"The test '{kind}' is not supported; supported are unique, not_null, accepted_values, relationships, and SQL files under tests/.");
        }

        return new ColumnTest(kind, model, source, column, values, toModel, field, yaml.Name, YamlFile.Line(node));
    }

    // dbt 1.10 and later nests them under 'arguments', earlier versions do not.
    private static Dictionary<string, YamlNode> Arguments(YamlFile yaml, YamlNode? body, string kind)
    {
        if (body is null)
            return [];
        var entries = yaml.Entries(body, $"the test '{kind}'", "arguments", "values", "to", "field");
        return entries.TryGetValue("arguments", out var nested) ? yaml.Entries(nested, $"the arguments of '{kind}'", "values", "to", "field") : entries;
    }
}
