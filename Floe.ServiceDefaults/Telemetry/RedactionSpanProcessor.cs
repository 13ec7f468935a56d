using System.Diagnostics;
using OpenTelemetry;

namespace Floe.ServiceDefaults.Telemetry;

/// <summary>Applies <see cref="Redaction"/> to the texts of spans before they are exported.</summary>
internal sealed class RedactionSpanProcessor(Redaction redaction) : BaseProcessor<Activity>
{
    public override void OnEnd(Activity span)
    {
        List<KeyValuePair<string, object>>? changed = null;
        foreach (ref readonly var tag in span.EnumerateTagObjects())
        {
            if (tag.Value is string text && redaction.Apply(text) is var clean && !ReferenceEquals(clean, text))
                (changed ??= []).Add(new(tag.Key, clean));
            else if (tag.Value is string[] texts && Array.ConvertAll(texts, redaction.Apply) is var all && !texts.AsSpan().SequenceEqual(all))
                (changed ??= []).Add(new(tag.Key, all));
        }

        foreach (var (key, value) in changed ?? [])
            span.SetTag(key, value);
        if (span.StatusDescription is { } reason)
            span.SetStatus(span.Status, redaction.Apply(reason));
    }
}
