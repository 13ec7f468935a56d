using System.Diagnostics;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>
/// The span of a statement. The protocol has no headers, so a client says by a comment which trace the statement belongs to, as sqlcommenter writes it:
/// <c>/*traceparent='00-…-01'*/</c>.
/// </summary>
internal static class StatementTrace
{
    private const string Key = "traceparent='";
    private const int Length = 55;

    /// <summary>The context that a text names in a comment at its end or beginning; null when it names none.</summary>
    public static string? In(string sql)
    {
        var text = sql.AsSpan().Trim();
        if (text.EndsWith("*/") && text.LastIndexOf("/*") is >= 0 and var last && Value(text[last..]) is { } atEnd) return atEnd;
        return text.StartsWith("/*") && text.IndexOf("*/") is > 0 and var first ? Value(text[..first]) : null;
    }

    public static Activity? Start(string? traceParent)
    {
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        var span = CubeTelemetry.Source.StartActivity(ActivityKind.Server, parent, name: "cube.sql");
        span?.SetTag("db.system.name", "postgresql").SetTag("db.operation.name", "SELECT");
        return span;
    }

    /// <summary>Marks a span as failed with the SQLSTATE that the client gets; its text repeats what the client sent, and is left out.</summary>
    public static void Failed(Activity? span, Exception e)
    {
        var state = e switch { SqlError error => error.State, CubeApiException error => EngineErrors.Of(error).State, OperationCanceledException => SqlStates.Canceled, _ => SqlStates.Internal };
        span.FailedBy(e is SqlError ? state : CubeTelemetry.KindOf(e));
        span?.SetTag("db.response.status_code", state);
    }

    private static string? Value(ReadOnlySpan<char> comment)
    {
        var at = comment.IndexOf(Key);
        return at >= 0 && comment[(at + Key.Length)..] is { Length: > Length } rest && rest[Length] == '\'' ? rest[..Length].ToString() : null;
    }
}
