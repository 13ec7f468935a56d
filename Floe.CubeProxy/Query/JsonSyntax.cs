namespace Floe.CubeProxy.Query;

/// <summary>Says what is wrong with a JSON text, in the words of the JavaScript engine whose messages Cube's clients know.</summary>
internal sealed class JsonSyntax
{
    private const int DeepestNesting = 64;
    private const int Context = 10;

    private readonly string _text;
    private int _at;

    private JsonSyntax(string text) => _text = text;

    public static string Explain(string text)
    {
        var scan = new JsonSyntax(text);
        try
        {
            scan.Value(0);
            scan.Space();
            if (scan._at < text.Length) throw scan.At("Unexpected non-whitespace character after JSON");
        }
        catch (SyntaxError e)
        {
            return e.Message;
        }
        return "The JSON cannot be read.";
    }

    private void Value(int depth)
    {
        if (depth > DeepestNesting) throw new SyntaxError($"The JSON is nested deeper than {DeepestNesting} levels.");
        Space();
        if (End) throw UnexpectedEnd();
        switch (_text[_at])
        {
            case '{': Object(depth); break;
            case '[': Array(depth); break;
            case '"': String(); break;
            case '-' or (>= '0' and <= '9'): Number(); break;
            case 't': Word("true"); break;
            case 'f': Word("false"); break;
            case 'n': Word("null"); break;
            default: throw Unexpected();
        }
    }

    private void Object(int depth)
    {
        _at++;
        Space();
        if (Skip('}')) return;
        var isFirst = true;
        while (true)
        {
            Space();
            if (End) throw isFirst ? At("Expected property name or '}' in JSON") : At("Expected double-quoted property name in JSON");
            if (_text[_at] != '"') throw At(isFirst ? "Expected property name or '}' in JSON" : "Expected double-quoted property name in JSON");
            String();
            Space();
            if (!Skip(':')) throw At("Expected ':' after property name in JSON");
            Value(depth + 1);
            Space();
            if (Skip('}')) return;
            if (!Skip(',')) throw At("Expected ',' or '}' after property value in JSON");
            isFirst = false;
        }
    }

    private void Array(int depth)
    {
        _at++;
        Space();
        if (Skip(']')) return;
        while (true)
        {
            Value(depth + 1);
            Space();
            if (Skip(']')) return;
            if (!Skip(',')) throw At("Expected ',' or ']' after array element in JSON");
        }
    }

    private void String()
    {
        _at++;
        while (true)
        {
            if (End) throw At("Unterminated string in JSON");
            switch (_text[_at])
            {
                case '"':
                    _at++;
                    return;
                case '\\':
                    _at++;
                    if (End) throw At("Unterminated string in JSON");
                    if (_text[_at] == 'u')
                    {
                        for (var i = 1; i <= 4; i++)
                        {
                            if (_at + i >= _text.Length || !char.IsAsciiHexDigit(_text[_at + i])) throw At("Bad Unicode escape in JSON");
                        }
                        _at += 5;
                    }
                    else
                    {
                        if (!"\"\\/bfnrt".Contains(_text[_at])) throw At("Bad escaped character in JSON");
                        _at++;
                    }
                    break;
                case < ' ':
                    throw At("Bad control character in string literal in JSON");
                default:
                    _at++;
                    break;
            }
        }
    }

    private void Number()
    {
        Skip('-');
        if (End || !char.IsAsciiDigit(_text[_at])) throw At("No number after minus sign in JSON");
        if (!Skip('0')) Digits();
        else if (!End && char.IsAsciiDigit(_text[_at])) throw At("Unexpected number in JSON");
        if (Skip('.'))
        {
            if (End || !char.IsAsciiDigit(_text[_at])) throw At("Unterminated fractional number in JSON");
            Digits();
        }
        if (!Skip('e') && !Skip('E')) return;
        if (!Skip('+')) Skip('-');
        if (End || !char.IsAsciiDigit(_text[_at])) throw At("Exponent part is missing a number in JSON");
        Digits();
    }

    private void Digits()
    {
        while (!End && char.IsAsciiDigit(_text[_at])) _at++;
    }

    private void Word(string word)
    {
        foreach (var c in word)
        {
            if (End) throw UnexpectedEnd();
            if (_text[_at] != c) throw Unexpected();
            _at++;
        }
    }

    private void Space()
    {
        while (!End && _text[_at] is ' ' or '\t' or '\n' or '\r') _at++;
    }

    private bool End => _at >= _text.Length;

    private bool Skip(char c)
    {
        if (End || _text[_at] != c) return false;
        _at++;
        return true;
    }

    private static SyntaxError UnexpectedEnd() => new("Unexpected end of JSON input");

    private SyntaxError At(string what)
    {
        var before = _text.AsSpan(0, Math.Min(_at, _text.Length));
        var line = before.Count('\n') + 1;
        var column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return new SyntaxError($"{what} at position {_at} (line {line} column {column})");
    }

    private SyntaxError Unexpected()
    {
        var from = Math.Max(0, _at - Context);
        var to = Math.Min(_text.Length, _at + Context);
        var shown = $"{(from > 0 ? "..." : "")}\"{_text[from..to]}\"{(to < _text.Length ? "..." : "")}";
        return new SyntaxError($"Unexpected token '{_text[_at]}', {shown} is not valid JSON");
    }

    private sealed class SyntaxError(string message) : Exception(message);
}
