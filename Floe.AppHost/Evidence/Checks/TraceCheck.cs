namespace Floe.AppHost.Evidence.Checks;

/// <summary>The trace of the batch's run has a span of every stage, from every service on the way.</summary>
/// <param name="spans">The trace's spans as the dashboard has them: what has arrived there, not what was made somewhere.</param>
/// <param name="patience">How long it may take until all have arrived: services send what they have once a second.</param>
/// <param name="time">Clock.</param>
internal sealed class TraceCheck(Func<CancellationToken, Task<IReadOnlyList<(string Service, string Span)>>> spans, TimeSpan patience, TimeProvider time) : IEvidenceCheck
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <summary>From the run to the query engine that has loaded its rows (docs/telemetry.md).</summary>
    internal static IReadOnlyList<TraceStage> Stages { get; } =
    [
        new("seedworker", "run generate_orders"), new("seedworker", "generate"), new("seedworker", "parquet.write"), new("minio", "PUT "), new("seedworker", "commit"), new("seedworker", "iceberg.commit"),
        new("polaris", "POST "), new("seedworker", "transform"), new("seedworker", "build"), new("seedworker", "dbt."), new("seedworker", "land"), new("cubeproxy", "cube.refresh"), new("cubeproxy", "cube.refresh.table"),
    ];

    public string Name => "trace";

    public string Compared => "stages of the batch's trace in the dashboard with those that a run has";

    public async Task<(string Expected, string Actual)> RunAsync(CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var arrived = await spans(ct);
            var found = Stages.Where(stage => arrived.Any(stage.Is)).ToList();
            if (found.Count == Stages.Count || time.GetElapsedTime(started) > patience)
                return (Text(Stages), found.Count == Stages.Count ? Text(found) : $"{Text(found)}; of {arrived.Count} spans, missing: {Text([.. Stages.Except(found)])}");
            await Task.Delay(s_pause, time, ct);
        }
    }

    private static string Text(IReadOnlyList<TraceStage> stages) => string.Join(", ", stages);
}

/// <summary>A span that a trace must have.</summary>
/// <param name="Service">Who sent it.</param>
/// <param name="Span">Its name; one that ends with a space or a dot is how the name begins.</param>
internal sealed record TraceStage(string Service, string Span)
{
    public bool Is((string Service, string Span) arrived) =>
        arrived.Service == Service && (Span[^1] is ' ' or '.' ? arrived.Span.StartsWith(Span, StringComparison.Ordinal) : arrived.Span == Span);

    public override string ToString() => Span[^1] is ' ' ? Service : Span.TrimEnd('.');
}
