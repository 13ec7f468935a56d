using Floe.SeedWorker.Transform.Templates;
using YamlDotNet.RepresentationModel;

namespace Floe.SeedWorker.Transform.Project;

/// <summary>What the YAML files beside the models declare: sources, and tests on columns.</summary>
internal sealed class Declarations(IReadOnlySet<string> models)
{
    private readonly List<DbtSource> _sources = [];
    private readonly List<DbtTest> _tests = [];
    private readonly List<DbtExposure> _exposures = [];
    private readonly Dictionary<string, ModelDocs> _docs = new(StringComparer.Ordinal);
    private readonly List<(string Model, string Key, object? Value, string File, int Line)> _config = [];

    public IReadOnlyList<DbtSource> Sources => _sources;

    public IReadOnlyList<DbtTest> Tests => _tests;

    public IReadOnlyList<DbtExposure> Exposures => _exposures;

    public IReadOnlyDictionary<string, ModelDocs> Docs => _docs;

    /// <summary>Gives a model the settings that are declared for it.</summary>
    public void Configure(string model, ModelConfig config)
    {
        foreach (var (_, key, value, file, line) in _config.Where(c => c.Model == model))
            config.Set(key, value, file, line);
    }

    public void Read(YamlFile yaml)
    {
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

        if (root.TryGetValue("exposures", out var exposures))
        {
            foreach (var exposure in yaml.List(exposures, "exposures"))
                ReadExposure(yaml, exposure);
        }
    }

    private void ReadExposure(YamlFile yaml, YamlNode node)
    {
        var exposure = yaml.Entries(node, "an exposure", "name", "label", "type", "maturity", "url", "owner", "description", "depends_on");
        var name = yaml.Text(exposure, "name", node, "an exposure");
        var owner = exposure.TryGetValue("owner", out var by) ? yaml.Entries(by, "owner", "name", "email") : [];
        var reads = new List<string>();
        foreach (var read in exposure.TryGetValue("depends_on", out var on) ? yaml.List(on, "depends_on") : [])
            reads.Add(ReadRef(yaml, read));
        _exposures.Add(new DbtExposure(
            name, yaml.Text(exposure, "type", node, "an exposure"), Description(yaml, exposure), owner.TryGetValue("name", out var person) ? yaml.Text(person, "name") : "", reads, yaml.Name));
    }

    private string ReadRef(YamlFile yaml, YamlNode node) =>
        TemplateParser.ParseExpression(yaml.Name, YamlFile.Line(node), yaml.Text(node, "A model that is read")) is CallExpression { Function: "ref", Arguments: [string target] } && models.Contains(target)
            ? target
            : throw yaml.Error(node, $"'{yaml.Text(node, "A model that is read")}' must be ref('model') with a model of the project.");

    private static string Description(YamlFile yaml, Dictionary<string, YamlNode> entries) =>
        entries.TryGetValue("description", out var text) ? yaml.Text(text, "description") : "";

    private void ReadSource(YamlFile yaml, YamlNode node)
    {
        var source = yaml.Entries(node, "a source", "name", "description", "schema", "meta", "tables");
        var name = yaml.Text(source, "name", node, "a source");
        var schema = source.TryGetValue("schema", out var given) ? yaml.Text(given, "schema") : name;
        var arrivals = source.TryGetValue("meta", out var meta) && yaml.Entries(meta, "meta of a source", "arrivals_of").TryGetValue("arrivals_of", out var of) ? yaml.Text(of, "arrivals_of") : null;
        foreach (var tableNode in yaml.List(source.GetValueOrDefault("tables") ?? throw yaml.Error(node, $"The source '{name}' has no tables."), "tables"))
        {
            var table = yaml.Entries(tableNode, "a table", "name", "description", "identifier", "columns");
            var tableName = yaml.Text(table, "name", tableNode, "a table");
            var declared = new DbtSource(name, tableName, schema, table.TryGetValue("identifier", out var identifier) ? yaml.Text(identifier, "identifier") : tableName)
            {
                ArrivalsOf = arrivals,
            };
            if (_sources.Any(s => s.Source == name && s.Table == tableName))
                throw yaml.Error(tableNode, $"The source '{name}' has the table '{tableName}' twice.");
            declared = declared with { Docs = new ModelDocs(yaml.Name, Description(yaml, table), ReadColumns(yaml, table, null, declared)) };
            _sources.Add(declared);
        }
    }

    private void ReadModel(YamlFile yaml, YamlNode node)
    {
        var model = yaml.Entries(node, "a model", "name", "description", "config", "columns");
        var name = yaml.Text(model, "name", node, "a model");
        if (!models.Contains(name))
            throw yaml.Error(node, $"The model '{name}' is described here and has no SQL file.");
        if (_docs.TryGetValue(name, out var other))
            throw yaml.Error(node, $"The model '{name}' is described in {other.File} already.");
        if (model.TryGetValue("config", out var config))
            _config.AddRange(yaml.Entries(config, "config").Select(c => (name, c.Key, yaml.Plain(c.Value), yaml.Name, YamlFile.Line(c.Value))));
        _docs[name] = new ModelDocs(yaml.Name, Description(yaml, model), ReadColumns(yaml, model, name, null)) { Types = ReadTypes(yaml, model) };
    }

    private Dictionary<string, string> ReadColumns(YamlFile yaml, Dictionary<string, YamlNode> owner, string? model, DbtSource? source)
    {
        var described = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!owner.TryGetValue("columns", out var columns))
            return described;
        foreach (var node in yaml.List(columns, "columns"))
        {
            var column = yaml.Entries(node, "a column", "name", "description", "data_type", "data_tests", "tests");
            var name = yaml.Text(column, "name", node, "a column");
            if (!described.TryAdd(name, Description(yaml, column)))
                throw yaml.Error(node, $"The column '{name}' is described twice.");
            foreach (var key in new[] { "data_tests", "tests" })
            {
                if (!column.TryGetValue(key, out var tests))
                    continue;
                foreach (var test in yaml.List(tests, key))
                    _tests.Add(ReadTest(yaml, test, model, source, name));
            }
        }

        return described;
    }

    private static Dictionary<string, string> ReadTypes(YamlFile yaml, Dictionary<string, YamlNode> model) =>
        (model.TryGetValue("columns", out var columns) ? yaml.List(columns, "columns") : []).Select(node => yaml.Entries(node, "a column", "name", "description", "data_type", "data_tests", "tests"))
            .Where(column => column.ContainsKey("data_type")).ToDictionary(column => yaml.Text(column["name"], "name"), column => yaml.Text(column["data_type"], "data_type"), StringComparer.Ordinal);

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
                toModel = ReadRef(yaml, arguments.GetValueOrDefault("to") ?? throw yaml.Error(node, "'relationships' has no 'to'."));
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
