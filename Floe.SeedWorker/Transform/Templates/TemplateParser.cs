using System.Globalization;
using System.Text;

namespace Floe.SeedWorker.Transform.Templates;

/// <summary>
/// Reads the part of Jinja that the project may use: <c>{{ ref | source | var | config | this }}</c>,
/// <c>{% if [not] is_incremental() %}</c> with <c>else</c> and <c>endif</c>, <c>{# #}</c>, and <c>-</c> at the tags' inner edges.
/// Everything else is an error at its file and line; nothing is passed through to SQL.
/// </summary>
internal sealed class TemplateParser(string file, string text)
{
    private int _at;
    private int _line = 1;

    /// <summary>The template's pieces.</summary>
    /// <exception cref="DbtException">The template uses something else, or a tag is not closed.</exception>
    public static IReadOnlyList<TemplateNode> Parse(string file, string text)
    {
        var parser = new TemplateParser(file, text);
        var nodes = parser.Nodes(0, out var end);
        return end is null ? nodes : throw parser.Error(end.Value.Line, $"'{{% {end.Value.Word} %}}' without an 'if' before it.");
    }

    /// <summary>An expression alone, as YAML has them: <c>ref('stg_orders')</c>.</summary>
    public static Expression ParseExpression(string file, int line, string text)
    {
        var parser = new TemplateParser(file, text) { _line = line };
        var expression = parser.ReadExpression();
        parser.SkipSpace();
        return parser._at == text.Length ? expression : throw parser.Error(parser._line, $"'{text[parser._at..]}' after the expression is not understood.");
    }

    private List<TemplateNode> Nodes(int ifLine, out (string Word, int Line)? end)
    {
        var nodes = new List<TemplateNode>();
        var plain = new StringBuilder();
        var plainLine = _line;
        while (_at < text.Length)
        {
            var tag = _at + 1 < text.Length && text[_at] == '{' ? text[_at + 1] : '\0';
            if (tag is not ('{' or '%' or '#'))
            {
                plain.Append(text[_at]);
                Advance(1);
                continue;
            }

            var line = _line;
            Advance(2);
            var trimBefore = TakeTrim();
            if (trimBefore)
            {
                while (plain.Length > 0 && char.IsWhiteSpace(plain[^1]) && plain[^1] != '\n')
                    plain.Length--;
            }

            if (plain.Length > 0)
                nodes.Add(new TextNode(plainLine, plain.ToString()));
            plain.Clear();

            switch (tag)
            {
                case '#':
                    SkipTo("#}", line);
                    nodes.Add(new CommentNode(line, _line - line));
                    break;
                case '{':
                    var value = ReadExpression();
                    Close("}}", line);
                    nodes.Add(new OutputNode(line, _line - line, value));
                    break;
                default:
                    var word = ReadWord("a statement");
                    if (word is "else" or "endif")
                    {
                        Close("%}", line);
                        end = (word, line);
                        return nodes;
                    }

                    nodes.Add(ReadIf(word, line));
                    break;
            }

            plainLine = _line;
        }

        if (plain.Length > 0)
            nodes.Add(new TextNode(plainLine, plain.ToString()));
        if (ifLine > 0)
            throw Error(ifLine, "This 'if' is not closed; '{% endif %}' is missing.");
        end = null;
        return nodes;
    }

    private IncrementalNode ReadIf(string word, int line)
    {
        if (word != "if")
            throw Error(line, $"'{{% {word} %}}' is not supported; the project may use '{{% if [not] is_incremental() %}}' with 'else' and 'endif', and nothing else.");
        var condition = ReadWord("a condition");
        var negated = condition == "not";
        if (negated)
            condition = ReadWord("a condition");
        SkipSpace();
        if (condition != "is_incremental" || !TryTake("(") || !TryTake(")"))
            throw Error(line, $"The condition '{condition}' is not supported; an 'if' may ask is_incremental() and nothing else.");
        Close("%}", line);

        var then = Nodes(line, out var end);
        IReadOnlyList<TemplateNode> otherwise = [];
        if (end is { Word: "else" })
        {
            otherwise = Nodes(line, out end);
            if (end is { Word: "else" } second)
                throw Error(second.Line, "A second 'else' for the same 'if'.");
        }

        return new IncrementalNode(line, negated, then, otherwise);
    }

    private Expression ReadExpression()
    {
        var line = _line;
        SkipSpace();
        if (_at < text.Length && (char.IsLetter(text[_at]) || text[_at] == '_'))
        {
            var name = ReadWord("a name");
            if (Constant(name) is { } constant)
                return new LiteralExpression(line, constant.Value);
            SkipSpace();
            return TryTake("(") ? ReadCall(line, name) : new NameExpression(line, name);
        }

        return new LiteralExpression(line, ReadValue());
    }

    private CallExpression ReadCall(int line, string name)
    {
        var arguments = new List<object?>();
        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        SkipSpace();
        while (!TryTake(")"))
        {
            if (_at < text.Length && (char.IsLetter(text[_at]) || text[_at] == '_') && PeekWord() is var word && Constant(word) is null)
            {
                Advance(word.Length);
                SkipSpace();
                if (!TryTake("="))
                    throw Error(_line, $"'{word}' inside {name}(...) is not understood; arguments are texts, numbers, lists, or name=value.");
                if (!named.TryAdd(word, ReadValue()))
                    throw Error(_line, $"{name}(...) has '{word}' twice.");
            }
            else
            {
                arguments.Add(ReadValue());
            }

            SkipSpace();
            if (TryTake(","))
                SkipSpace();
            else if (!Looking(")"))
                throw Error(_line, $"{name}(...) is not closed; ',' or ')' is missing.");
        }

        return new CallExpression(line, name, arguments, named);
    }

    private object? ReadValue()
    {
        SkipSpace();
        if (_at >= text.Length)
            throw Error(_line, "The expression ends where a value should be.");
        var c = text[_at];
        if (c is '\'' or '"')
        {
            var end = text.IndexOf(c, _at + 1);
            if (end < 0 || text.IndexOf('\n', _at, end - _at) >= 0)
                throw Error(_line, "The text is not closed on its line.");
            var value = text[(_at + 1)..end];
            Advance(end + 1 - _at);
            return value;
        }

        if (c is '[' or '{')
            return c == '[' ? ReadList() : ReadMap();

        if (char.IsAsciiDigit(c) || c == '-')
        {
            var start = _at;
            Advance(1);
            while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.'))
                Advance(1);
            var number = text[start.._at];
            return decimal.TryParse(number, NumberStyles.Number, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : throw Error(_line, $"'{number}' is not a number.");
        }

        if (char.IsLetter(c) && Constant(PeekWord()) is { } constant)
        {
            Advance(PeekWord().Length);
            return constant.Value;
        }

        throw Error(_line, $"'{Snippet()}' is not understood; a value is a text in quotes, a number, true, false, none, a list or a map.");
    }

    private List<object?> ReadList()
    {
        var list = new List<object?>();
        Advance(1);
        SkipSpace();
        while (!TryTake("]"))
        {
            list.Add(ReadValue());
            Separator("]", "list");
        }

        return list;
    }

    private Dictionary<string, object?> ReadMap()
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        Advance(1);
        SkipSpace();
        while (!TryTake("}"))
        {
            if (ReadValue() is not string key)
                throw Error(_line, "A key of a map must be a text in quotes.");
            SkipSpace();
            if (!TryTake(":"))
                throw Error(_line, $"':' is missing after '{key}'.");
            map[key] = ReadValue();
            Separator("}", "map");
        }

        return map;
    }

    private void Separator(string close, string what)
    {
        SkipSpace();
        if (TryTake(","))
            SkipSpace();
        else if (!Looking(close))
            throw Error(_line, $"The {what} is not closed; ',' or '{close}' is missing.");
    }

    private static (object? Value, bool _)? Constant(string word) => word switch
    {
        "true" or "True" => (true, true),
        "false" or "False" => (false, true),
        "none" or "None" => (null, true),
        _ => null,
    };

    private void Close(string close, int line)
    {
        SkipSpace();
        if (_at < text.Length && text[_at] == '-' && string.CompareOrdinal(text, _at + 1, close, 0, 2) == 0)
        {
            Advance(3);
            while (_at < text.Length && text[_at] is ' ' or '\t')
                Advance(1);
            return;
        }

        if (!TryTake(close))
            throw Error(line, $"'{Snippet()}' is not understood; '{close}' should close the tag here. Filters and operators are not supported.");
    }

    private bool TakeTrim() => TryTake("-");

    private void SkipTo(string close, int line)
    {
        var end = text.IndexOf(close, _at, StringComparison.Ordinal);
        if (end < 0)
            throw Error(line, $"The comment is not closed; '{close}' is missing.");
        Advance(end + close.Length - _at);
    }

    private string ReadWord(string what)
    {
        SkipSpace();
        var word = PeekWord();
        if (word.Length == 0)
            throw Error(_line, $"'{Snippet()}' is not understood; {what} should be here.");
        Advance(word.Length);
        return word;
    }

    private string PeekWord()
    {
        var end = _at;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '.'))
            end++;
        return text[_at..end];
    }

    private bool Looking(string token) => string.CompareOrdinal(text, _at, token, 0, token.Length) == 0;

    private bool TryTake(string token)
    {
        if (!Looking(token))
            return false;
        Advance(token.Length);
        return true;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            Advance(1);
    }

    private void Advance(int count)
    {
        for (var end = _at + count; _at < end; _at++)
        {
            if (text[_at] == '\n')
                _line++;
        }
    }

    private string Snippet() => text[_at..Math.Min(text.Length, _at + 20)].Split('\n')[0];

    private DbtException Error(int line, string reason) => new(file, line, reason);
}
