namespace Floe.CubeProxy.SqlApi;

/// <summary>A statement or message that is answered with an ErrorResponse: one sentence and an SQLSTATE (PostgreSQL, appendix A).</summary>
/// <param name="position">Offset of the statement's character that is meant; null: none in particular.</param>
/// <param name="isFatal">The connection ends after it.</param>
internal sealed class SqlError(string state, string message, int? position = null, bool isFatal = false, Exception? inner = null) : Exception(message, inner)
{
    public string State { get; } = state;
    public int? Position { get; } = position;
    public bool IsFatal { get; } = isFatal;

    /// <summary>Something that PostgreSQL has and this API does not.</summary>
    public static SqlError Unsupported(string what, int? position = null) => new(SqlStates.FeatureNotSupported, what, position);

    public static SqlError Syntax(string message, int position) => new(SqlStates.SyntaxError, message, position);

    /// <summary>The client breaks the protocol: nothing after it can be trusted.</summary>
    public static SqlError Protocol(string message) => new(SqlStates.ProtocolViolation, message, isFatal: true);
}
