namespace Floe.CubeProxy.SqlApi.Syntax;

internal enum TokenKind { End, Word, QuotedWord, Text, Number, Parameter, Symbol }

/// <summary>A piece of a statement.</summary>
/// <param name="Text">What it means: a quoted word and a text without quotes and escapes, a parameter's number.</param>
/// <param name="Position">Where it begins in what the client sent.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    public bool Is(string word) => Kind == TokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsAny(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Is(word)) return true;
        }
        return false;
    }

    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsName => Kind is TokenKind.Word or TokenKind.QuotedWord;

    /// <summary>For messages.</summary>
    public string Shown => Kind switch { TokenKind.End => "the end", TokenKind.Text => "a text", _ => $"'{(Text.Length > 40 ? Text[..40] : Text)}'" };
}
