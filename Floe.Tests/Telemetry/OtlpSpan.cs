namespace Floe.Tests.Telemetry;

/// <summary>A span as it was sent.</summary>
/// <param name="Attributes">Values as texts; of an array those that are texts, separated by commas.</param>
/// <param name="Error">The status' description where the status is an error, else null.</param>
/// <param name="Links">Spans that it is linked to.</param>
internal sealed record OtlpSpan(
    string Service, string TraceId, string SpanId, string ParentId, string Name, IReadOnlyDictionary<string, string> Attributes, string? Error, IReadOnlyList<string> Links)
{
    public override string ToString() => $"{Service} {Name} ({string.Join(", ", Attributes.Select(a => $"{a.Key}={a.Value}"))})";
}
