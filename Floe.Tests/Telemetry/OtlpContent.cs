using System.Globalization;
using System.Text;

namespace Floe.Tests.Telemetry;

/// <summary>Reads what OTLP requests contain (opentelemetry-proto 1.x).</summary>
internal static class OtlpContent
{
    /// <summary>Spans of an ExportTraceServiceRequest.</summary>
    public static IEnumerable<OtlpSpan> Spans(ProtobufMessage request) =>
        from sender in request.Messages(1)
        let service = Attributes(sender.Message(1), 1).GetValueOrDefault("service.name", "")
        from scope in sender.Messages(2)
        from span in scope.Messages(2)
        select new OtlpSpan(
            service, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), Attributes(span, 9), span.Message(15) is { } status && status.Number(3) == 2 ? status.Text(2) : null,
            [.. span.Messages(13).Select(link => link.Hex(2))]);

    /// <summary>Bodies of the records of an ExportLogsServiceRequest.</summary>
    public static IEnumerable<string> Logs(ProtobufMessage request) =>
        request.Messages(1).SelectMany(sender => sender.Messages(2)).SelectMany(scope => scope.Messages(2)).Select(record => record.Message(5)?.Text(1) ?? "");

    /// <summary>Metrics of an ExportMetricsServiceRequest: name and unit, attributes of a point, and how many exemplars with a trace it has.</summary>
    public static IEnumerable<(string Service, string Name, string Unit, IReadOnlyDictionary<string, string> Attributes, int Exemplars)> Points(ProtobufMessage request) =>
        from sender in request.Messages(1)
        let service = Attributes(sender.Message(1), 1).GetValueOrDefault("service.name", "")
        from scope in sender.Messages(2)
        from metric in scope.Messages(2)
        // 5 gauge, 7 sum: their points have attributes in 7 and exemplars in 5; 9 histogram: 9 and 8. An exemplar: 5 trace.
        from form in new[] { (Field: 5, Attributes: 7, Exemplars: 5), (Field: 7, Attributes: 7, Exemplars: 5), (Field: 9, Attributes: 9, Exemplars: 8) }
        from data in metric.Messages(form.Field)
        from point in data.Messages(1)
        select (service, metric.Text(1), metric.Text(3), (IReadOnlyDictionary<string, string>)Attributes(point, form.Attributes), point.Messages(form.Exemplars).Count(exemplar => exemplar.Hex(5).Length == 32));

    private static Dictionary<string, string> Attributes(ProtobufMessage? owner, int field)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var attribute in owner?.Messages(field) ?? []) found[attribute.Text(1)] = attribute.Message(2) is { } value ? Value(value) : "";
        return found;
    }

    // AnyValue: 1 text, 2 flag, 3 whole number, 5 array.
    private static string Value(ProtobufMessage value) => value.Text(1) is { Length: > 0 } text ? text
        : value.Message(5) is { } array ? string.Join(',', array.Messages(1).Select(Value))
        : (value.Number(3) != 0 ? value.Number(3) : value.Number(2)).ToString(CultureInfo.InvariantCulture);
}
