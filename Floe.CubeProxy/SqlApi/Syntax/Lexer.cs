using System.Globalization;
using System.Text;

namespace Floe.CubeProxy.SqlApi.Syntax;

/// <summary>Cuts SQL into tokens by PostgreSQL's rules (chapter 4.1, "Lexical Structure"), standard_conforming_strings on.</summary>
internal sealed class Lexer
{
    private const int MostTokens = 50_000;
    private const string OperatorSigns = "+-*/<>=~!@#%^&|`?";

    private readonly string _sql;
    private readonly List<Token> _tokens = [];
    private int _at;

    private Lexer(string sql) => _sql = sql;

    /// <exception cref="SqlError">A text or comment does not end, a sign is not one of SQL, or there is too much.</exception>
    public static List<Token> Read(string sql)
    {
        var lexer = new Lexer(sql);
        while (lexer.Next())
        {
            if (lexer._tokens.Count > MostTokens) throw new SqlError(SqlStates.TooComplex, $"The statement has more than {MostTokens} words and signs.");
        }
        return lexer._tokens;
    }

    private char Here => _at < _sql.Length ? _sql[_at] : '\0';

    private char After => _at + 1 < _sql.Length ? _sql[_at + 1] : '\0';

    private bool Next()
    {
        SkipSpace();
        if (_at >= _sql.Length) return false;
        var start = _at;
        var c = Here;
        switch (c)
        {
            case '\'':
                Add(TokenKind.Text, Quoted('\'', start), start);
                break;
            case '"':
                var name = Quoted('"', start);
                Add(TokenKind.QuotedWord, name.Length > 0 ? name : throw SqlError.Syntax("A name in quotes is empty.", start), start);
                break;
            case 'e' or 'E' when After == '\'':
                _at++;
                Add(TokenKind.Text, Escaped(start), start);
                break;
            case 'b' or 'B' or 'x' or 'X' when After == '\'':
                throw SqlError.Unsupported("Bit strings are not supported.", start);
            case 'u' or 'U' when After == '&' && _at + 2 < _sql.Length && _sql[_at + 2] is '\'' or '"':
                throw SqlError.Unsupported("Texts and names with U& are not supported; write the characters themselves.", start);
            case '$' when char.IsAsciiDigit(After):
                _at++;
                Add(TokenKind.Parameter, Digits(), start);
                break;
            case '$':
                Add(TokenKind.Text, Dollars(start), start);
                break;
            case >= '0' and <= '9':
            case '.' when char.IsAsciiDigit(After):
                Add(TokenKind.Number, Number(start), start);
                break;
            case ':' when After == ':':
                _at += 2;
                Add(TokenKind.Symbol, "::", start);
                break;
            case '(' or ')' or '[' or ']' or ',' or ';' or '.' or ':':
                _at++;
                Add(TokenKind.Symbol, c.ToString(), start);
                break;
            default:
                if (IsWordStart(c))
                {
                    while (_at < _sql.Length && (IsWordStart(Here) || char.IsAsciiDigit(Here) || Here == '$')) _at++;
                    Add(TokenKind.Word, _sql[start.._at], start);
                }
                else if (OperatorSigns.Contains(c))
                {
                    Add(TokenKind.Symbol, Operator(), start);
                }
                else
                {
                    throw SqlError.Syntax($"The sign '{c}' (U+{(int)c:X4}) has no meaning in SQL.", start);
                }
                break;
        }
        return true;
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= '\u0080';

    private void Add(TokenKind kind, string text, int position) => _tokens.Add(new Token(kind, text, position));

    private void SkipSpace()
    {
        while (_at < _sql.Length)
        {
            if (char.IsWhiteSpace(Here)) _at++;
            else if (Here == '-' && After == '-') _at = _sql.IndexOf('\n', _at) is >= 0 and var end ? end + 1 : _sql.Length;
            else if (Here == '/' && After == '*') Comment();
            else return;
        }
    }

    private void Comment()
    {
        var start = _at;
        var depth = 0;
        do
        {
            if (_at >= _sql.Length) throw SqlError.Syntax("A comment /* does not end.", start);
            if (Here == '/' && After == '*') (depth, _at) = (depth + 1, _at + 2);
            else if (Here == '*' && After == '/') (depth, _at) = (depth - 1, _at + 2);
            else _at++;
        }
        while (depth > 0);
    }

    private string Quoted(char quote, int start)
    {
        var text = new StringBuilder();
        _at++;
        while (true)
        {
            var end = _sql.IndexOf(quote, _at);
            if (end < 0) throw SqlError.Syntax(quote == '"' ? "A name in quotes does not end." : "A text in quotes does not end.", start);
            text.Append(_sql, _at, end - _at);
            _at = end + 1;
            if (Here != quote) return text.ToString();
            text.Append(quote);
            _at++;
        }
    }

    private string Escaped(int start)
    {
        var text = new StringBuilder();
        _at++;
        while (true)
        {
            if (_at >= _sql.Length) throw SqlError.Syntax("A text in quotes does not end.", start);
            var c = _sql[_at++];
            if (c == '\'')
            {
                if (Here != '\'') return text.ToString();
                text.Append('\'');
                _at++;
            }
            else if (c == '\\' && _at < _sql.Length)
            {
                var escape = _sql[_at++];
                switch (escape)
                {
                    case 'n': text.Append('\n'); break;
                    case 't': text.Append('\t'); break;
                    case 'r': text.Append('\r'); break;
                    case 'b': text.Append('\b'); break;
                    case 'f': text.Append('\f'); break;
                    case 'u' when _at + 4 <= _sql.Length && ushort.TryParse(_sql.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && code > 0:
                        text.Append((char)code);
                        _at += 4;
                        break;
                    case 'x' or 'u' or 'U' or (>= '0' and <= '7'): throw SqlError.Unsupported($"The escape \\{escape} in a text is not supported; write the character itself.", start);
                    default: text.Append(escape); break;
                }
            }
            else
            {
                text.Append(c);
            }
        }
    }

    private string Dollars(int start)
    {
        var tagEnd = _sql.IndexOf('$', _at + 1);
        if (tagEnd < 0 || !_sql.AsSpan(_at + 1, tagEnd - _at - 1).ToString().All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) throw SqlError.Syntax("The sign '$' has no meaning here.", start);
        var tag = _sql[_at..(tagEnd + 1)];
        var end = _sql.IndexOf(tag, tagEnd + 1, StringComparison.Ordinal);
        if (end < 0) throw SqlError.Syntax($"A text that begins with {tag} does not end.", start);
        _at = end + tag.Length;
        return _sql[(tagEnd + 1)..end];
    }

    private string Digits()
    {
        var start = _at;
        while (char.IsAsciiDigit(Here)) _at++;
        return _sql[start.._at];
    }

    private string Number(int start)
    {
        Digits();
        if (Here == '.' && After != '.')
        {
            _at++;
            Digits();
        }
        if (Here is 'e' or 'E' && (char.IsAsciiDigit(After) || (After is '+' or '-' && _at + 2 < _sql.Length && char.IsAsciiDigit(_sql[_at + 2]))))
        {
            _at += 2;
            Digits();
        }
        return !IsWordStart(Here) ? _sql[start.._at] : throw SqlError.Syntax($"A number is followed by '{Here}' without a space.", start);
    }

    // A sign + or - ends an operator unless there is another sign in it that cannot be a beginning of one: a=-1 is a = -1.
    private string Operator()
    {
        var start = _at;
        while (OperatorSigns.Contains(Here) && Here != '\0' && !(Here == '-' && After == '-') && !(Here == '/' && After == '*')) _at++;
        while (_at - start > 1 && _sql[_at - 1] is '+' or '-' && _sql.AsSpan(start, _at - start).IndexOfAny("~!@#%^&|`?") < 0) _at--;
        return _sql[start.._at];
    }
}
