using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Floe.ServiceDefaults.Telemetry;

/// <summary>Applies <see cref="Redaction"/> to the texts of log records before they are exported.</summary>
internal sealed class RedactionLogProcessor(Redaction redaction) : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord record)
    {
        if (record.FormattedMessage is { } message)
            record.FormattedMessage = redaction.Apply(message);
        if (record.Body is { } body)
            record.Body = redaction.Apply(body);
        var attributes = record.Attributes;
        List<KeyValuePair<string, object?>>? clean = null;
        for (var i = 0; i < attributes?.Count; i++)
        {
            var (key, value) = attributes[i];
            // Values that are no plain numbers are written as their texts.
            var text = value as string ?? (value is null or bool or int or long or double ? null : value.ToString());
            if (text is not null && redaction.Apply(text) is var said && !ReferenceEquals(said, text))
                (clean ??= [.. attributes])[i] = new(key, said);
        }

        if (record.Exception is { } error)
        {
            var (reason, trace) = (redaction.Apply(error.Message), redaction.Apply(error.ToString()));
            if (reason != error.Message || trace != error.ToString())
            {
                // As the exporter would write them.
                record.Exception = null;
                clean ??= [.. attributes ?? []];
                clean.AddRange([new("exception.type", error.GetType().Name), new("exception.message", reason), new("exception.stacktrace", trace)]);
            }
        }

        if (clean is not null)
            record.Attributes = clean;
    }
}
