using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Floe.Emulators.Marquez.Events;

/// <summary>An OpenLineage event (specification 2-0-2): of a run, of a job alone, or of a dataset alone.</summary>
internal sealed record LineageEvent
{
    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false };

    public required DateTimeOffset Time { get; init; }

    /// <summary>Null in an event of a dataset.</summary>
    public JobReference? Job { get; init; }

    /// <summary>Null in events of jobs and datasets.</summary>
    public RunReference? Run { get; init; }

    public required IReadOnlyList<DatasetReference> Datasets { get; init; }

    /// <summary>The event as it came.</summary>
    public required string Text { get; init; }

    /// <summary>The same for the same event sent again.</summary>
    public byte[] Digest => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="MarquezException">400: it is no event.</exception>
    public static async Task<LineageEvent> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        JsonNode? json;
        try
        {
            json = await JsonNode.ParseAsync(body, documentOptions: s_options, cancellationToken: cancellationToken);
        }
        catch (JsonException e)
        {
            throw MarquezException.BadRequest($"The body of the request is not valid JSON: {e.Message}");
        }

        return json is JsonObject { Count: > 0 } document ? Parse(document) : throw MarquezException.BadRequest("The body of the request must be one OpenLineage event, a JSON object");
    }

    /// <summary>The kind is what the schema's address ends with; without one that is known it is the event of a run, as Marquez has it.</summary>
    private static LineageEvent Parse(JsonObject json)
    {
        var time = Word(json, "eventTime", "");
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            throw MarquezException.BadRequest($"eventTime is '{time}', but must be an ISO 8601 time");
        var kind = json["schemaURL"] is JsonValue url && url.TryGetValue<string>(out var address) ? address.Split('/')[^1] : "";
        var text = json.ToJsonString(JsonAnswer.SerializerOptions);
        // PostgreSQL's texts hold every character but this one.
        if (text.Contains("\\u0000", StringComparison.Ordinal))
            throw MarquezException.BadRequest("The event holds the character U+0000, which cannot be kept");
        return kind switch
        {
            "DatasetEvent" => new() { Time = at, Text = text, Datasets = [Dataset(Object(json, "dataset", ""), "dataset.", isOutput: true)] },
            "JobEvent" => new() { Time = at, Text = text, Job = JobOf(json), Datasets = DatasetsOf(json) },
            _ => new() { Time = at, Text = text, Job = JobOf(json), Run = RunOf(json), Datasets = DatasetsOf(json) },
        };
    }

    private static RunReference RunOf(JsonObject json)
    {
        var run = Object(json, "run", "");
        var id = Word(run, "runId", "run.");
        if (!Guid.TryParse(id, out var runId))
            throw MarquezException.BadRequest($"run.runId is '{id}', but must be a UUID");
        var type = json["eventType"] is null ? "OTHER" : Word(json, "eventType", "");
        var state = type.ToUpperInvariant() switch
        {
            "START" or "RUNNING" or "OTHER" => RunReference.Running,
            "COMPLETE" => "COMPLETED",
            "FAIL" => "FAILED",
            "ABORT" => "ABORTED",
            _ => throw MarquezException.BadRequest($"eventType is '{type}', but must be START, RUNNING, COMPLETE, ABORT, FAIL or OTHER"),
        };
        return new(runId, state, Facets(run, "facets", "run."));
    }

    private static JobReference JobOf(JsonObject json)
    {
        var job = Object(json, "job", "");
        return new(Word(job, "namespace", "job."), Word(job, "name", "job."), Facets(job, "facets", "job."));
    }

    private static List<DatasetReference> DatasetsOf(JsonObject json) => [.. References(json, "inputs", isOutput: false), .. References(json, "outputs", isOutput: true)];

    private static IEnumerable<DatasetReference> References(JsonObject json, string name, bool isOutput) => json[name] switch
    {
        null => [],
        JsonArray array => array.Select((item, index) => Dataset(
            item as JsonObject ?? throw MarquezException.BadRequest($"{name}[{index}] must be an object"), $"{name}[{index}].", isOutput)),
        _ => throw MarquezException.BadRequest($"{name} must be an array"),
    };

    private static DatasetReference Dataset(JsonObject json, string path, bool isOutput) => new(
        Word(json, "namespace", path), Word(json, "name", path), Facets(json, "facets", path), Facets(json, isOutput ? "outputFacets" : "inputFacets", path), isOutput);

    private static JsonObject Facets(JsonObject json, string name, string path) => json[name] switch
    {
        null => [],
        JsonObject facets => facets,
        _ => throw MarquezException.BadRequest($"{path}{name} must be an object"),
    };

    private static JsonObject Object(JsonObject json, string name, string path) =>
        json[name] as JsonObject ?? throw MarquezException.BadRequest($"{path}{name} is missing or no object");

    private static string Word(JsonObject json, string name, string path) => json[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
        ? text
        : throw MarquezException.BadRequest($"{path}{name} is missing or no text");
}
