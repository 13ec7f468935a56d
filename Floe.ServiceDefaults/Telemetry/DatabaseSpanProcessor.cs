using System.Diagnostics;
using OpenTelemetry;

namespace Floe.ServiceDefaults.Telemetry;

/// <summary>Gives Npgsql's client spans the stable database semantic conventions where the driver still writes older ones, and a telling name.</summary>
internal sealed class DatabaseSpanProcessor : BaseProcessor<Activity>
{
    private static readonly (string Old, string Stable)[] s_names =
    [
        ("db.system", "db.system.name"),
        ("db.name", "db.namespace"),
        ("db.statement", "db.query.text"),
        ("net.peer.name", "server.address"),
        ("net.peer.port", "server.port"),
    ];

    public override void OnEnd(Activity span)
    {
        if (span.Source.Name != "Npgsql")
            return;
        foreach (var (old, stable) in s_names)
            if (span.GetTagItem(stable) is null && span.GetTagItem(old) is { } value)
                span.SetTag(stable, value);
        if (span.GetTagItem("db.system.name") is null)
            span.SetTag("db.system.name", "postgresql");
        // The driver names every span after the system; the conventions want a summary of few values: the statement's first word.
        if (span.DisplayName == "postgresql" && span.GetTagItem("db.query.text") is string text && FirstWord(text) is { Length: > 0 } operation)
        {
            span.SetTag("db.query.summary", operation);
            span.DisplayName = span.GetTagItem("db.namespace") is { } database ? $"{operation} {database}" : operation;
        }
    }

    private static string FirstWord(string text)
    {
        var statement = text.AsSpan().TrimStart();
        var length = 0;
        while (length < statement.Length && char.IsAsciiLetter(statement[length]))
            length++;
        return statement[..length].ToString().ToUpperInvariant();
    }
}
