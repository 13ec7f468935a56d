namespace Floe.CubeProxy.SqlApi.Syntax;

/// <summary>One statement of what a client sent, sorted by who answers it.</summary>
internal abstract record Statement;

/// <summary>Nothing between two semicolons.</summary>
internal sealed record EmptyStatement : Statement;

/// <summary>A SELECT over cubes.</summary>
internal sealed record CubeStatement(Select Select) : Statement;

/// <summary>A SELECT over catalog relations, or over nothing.</summary>
internal sealed record CatalogStatement(IReadOnlyList<Token> Tokens) : Statement
{
    /// <summary>The highest number of a parameter.</summary>
    public int Parameters { get; } = Tokens.Where(token => token.Kind == TokenKind.Parameter).Select(token => int.TryParse(token.Text, out var number) ? number : int.MaxValue).DefaultIfEmpty(0).Max();
}

/// <summary>SET, SHOW, BEGIN and the like.</summary>
/// <param name="Verb">Lower case.</param>
internal sealed record CommandStatement(string Verb, IReadOnlyList<Token> Tokens) : Statement;
