using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>A statement that was parsed and waits for values.</summary>
/// <param name="Oids">Types of the parameters, as the protocol numbers them.</param>
/// <param name="Columns">Null: not known before it runs (catalog), or it has none.</param>
/// <param name="Length">Characters of its text: what it counts among all that are kept.</param>
internal sealed record PreparedStatement(Statement Statement, IReadOnlyList<int> Oids, IReadOnlyList<OutputColumn>? Columns, int Length)
{
    /// <summary>The trace that its text names; null for none.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A statement with values, on the way to be executed.</summary>
internal sealed class Portal(PreparedStatement statement, IReadOnlyList<object?> values, IReadOnlyList<short> formats)
{
    public PreparedStatement Statement { get; } = statement;

    public IReadOnlyList<object?> Values { get; } = values;

    /// <summary>Set when it has run.</summary>
    public (IReadOnlyList<OutputColumn> Columns, SqlRows Rows)? Result { get; set; }

    /// <summary>Where the next rows begin.</summary>
    public int Position { get; set; }

    /// <summary>Whether each column is wanted in binary: none, one for all, or one each.</summary>
    public IReadOnlyList<bool> Formats(int columns) => formats.Count switch
    {
        0 => new bool[columns],
        1 => [.. Enumerable.Repeat(formats[0] == 1, columns)],
        _ when formats.Count == columns => [.. formats.Select(format => format == 1)],
        _ => throw SqlError.Protocol($"Bind names formats for {formats.Count} columns and the result has {columns}."),
    };
}
