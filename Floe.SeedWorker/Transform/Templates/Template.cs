using System.Globalization;
using System.Text;

namespace Floe.SeedWorker.Transform.Templates;

/// <summary>What a template's names stand for when it is turned into SQL.</summary>
internal interface ITemplateScope
{
    string Ref(string model, int line);

    string Source(string source, string table, int line);

    string Var(string name, object? otherwise, bool hasOtherwise, int line);

    string This { get; }

    bool IsIncremental { get; }
}

/// <summary>A SQL file with its tags understood.</summary>
internal sealed class Template
{
    private readonly string _file;
    private readonly IReadOnlyList<TemplateNode> _nodes;

    private Template(string file, string text, IReadOnlyList<TemplateNode> nodes)
    {
        _file = file;
        Text = text;
        _nodes = nodes;
        foreach (var call in Calls(nodes))
            Check(call);
        foreach (var name in Names(nodes).Where(n => n.Name != "this"))
            throw new DbtException(_file, name.Line, $"'{name.Name}' is not known; a tag may hold ref(...), source(...), var(...), config(...) or this.");
    }

    /// <summary>Reads a template.</summary>
    /// <exception cref="DbtException">It uses what is not supported.</exception>
    public static Template Parse(string file, string text) => new(file, text, TemplateParser.Parse(file, text));

    /// <summary>The models that it reads, in any branch, with the line of the first use.</summary>
    public IReadOnlyDictionary<string, int> Refs => Calls(_nodes).Where(c => c.Function == "ref")
        .GroupBy(c => (string)c.Arguments[0]!).ToDictionary(g => g.Key, g => g.First().Line);

    /// <summary>The sources that it reads, in any branch, with the line of the first use.</summary>
    public IReadOnlyDictionary<(string Source, string Table), int> Sources => Calls(_nodes).Where(c => c.Function == "source")
        .GroupBy(c => ((string)c.Arguments[0]!, (string)c.Arguments[1]!)).ToDictionary(g => g.Key, g => g.First().Line);

    /// <summary>The file as it is.</summary>
    public string Text { get; }

    /// <summary>The settings of its <c>config(...)</c> calls, with their line.</summary>
    public IEnumerable<(string Key, object? Value, int Line)> Config =>
        Calls(_nodes).Where(c => c.Function == "config").SelectMany(c => c.Named.Select(n => (n.Key, n.Value, c.Line)));

    /// <summary>The SQL.</summary>
    public string Render(ITemplateScope scope)
    {
        var sql = new StringBuilder();
        Render(_nodes, scope, sql);
        return sql.ToString();
    }

    private void Render(IReadOnlyList<TemplateNode> nodes, ITemplateScope scope, StringBuilder sql)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case TextNode text:
                    sql.Append(text.Text);
                    break;
                case OutputNode output:
                    sql.Append(Evaluate(output.Value, scope));
                    break;
                case IncrementalNode branch:
                    // The branch that is left out leaves its line breaks behind.
                    var first = scope.IsIncremental != branch.Negated;
                    Keep(branch.Then, first);
                    Keep(branch.Else, !first);
                    break;
            }

            sql.Append('\n', node.Lines);
        }

        void Keep(IReadOnlyList<TemplateNode> part, bool taken)
        {
            if (taken)
                Render(part, scope, sql);
            else
                sql.Append('\n', LineBreaks(part));
        }
    }

    private static int LineBreaks(IReadOnlyList<TemplateNode> nodes) => nodes.Sum(n => n.Lines + n switch
    {
        TextNode text => text.Text.Count(c => c == '\n'),
        IncrementalNode branch => LineBreaks(branch.Then) + LineBreaks(branch.Else),
        _ => 0,
    });

    private string Evaluate(Expression expression, ITemplateScope scope) => expression switch
    {
        NameExpression => scope.This,
        CallExpression { Function: "ref" } call => scope.Ref((string)call.Arguments[0]!, call.Line),
        CallExpression { Function: "source" } call => scope.Source((string)call.Arguments[0]!, (string)call.Arguments[1]!, call.Line),
        CallExpression { Function: "var" } call => scope.Var((string)call.Arguments[0]!, call.Arguments.ElementAtOrDefault(1), call.Arguments.Count > 1, call.Line),
        CallExpression { Function: "config" } => "",
        LiteralExpression { Value: var value } => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        _ => throw new DbtException(_file, expression.Line, "The expression is not understood."),
    };

    private void Check(CallExpression call)
    {
        var rule = call.Function switch
        {
            "ref" => call is { Arguments: [string], Named.Count: 0 } ? null : "ref takes the name of one model, ref('stg_orders')",
            "source" => call is { Arguments: [string, string], Named.Count: 0 } ? null : "source takes a source and a table, source('bronze', 'orders')",
            "var" => call is { Arguments: [string] or [string, _], Named.Count: 0 } ? null : "var takes a name and perhaps a default, var('as_of')",
            "config" => call.Arguments.Count == 0 ? null : "config takes name=value only",
            "is_incremental" => "is_incremental() belongs into an 'if'",
            _ => $"'{call.Function}(...)' is not supported; a tag may hold ref(...), source(...), var(...), config(...) or this",
        };
        if (rule is not null)
            throw new DbtException(_file, call.Line, $"{rule}.");
    }

    private static IEnumerable<NameExpression> Names(IReadOnlyList<TemplateNode> nodes) => nodes.SelectMany(node => node switch
    {
        OutputNode { Value: NameExpression name } => [name],
        IncrementalNode branch => Names(branch.Then).Concat(Names(branch.Else)),
        _ => Enumerable.Empty<NameExpression>(),
    });

    private static IEnumerable<CallExpression> Calls(IReadOnlyList<TemplateNode> nodes) => nodes.SelectMany(node => node switch
    {
        OutputNode { Value: CallExpression call } => [call],
        IncrementalNode branch => Calls(branch.Then).Concat(Calls(branch.Else)),
        _ => Enumerable.Empty<CallExpression>(),
    });
}
