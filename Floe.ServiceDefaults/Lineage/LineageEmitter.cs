using System.Text.Json;
using Floe.ServiceDefaults.Lineage.Facets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>Takes events; they are delivered by and by. Never throws and never waits for the receiver.</summary>
public sealed partial class LineageEmitter
{
    // A full outbox loses an event with each that comes; one line says so, with the number, not thousands.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly ILogger<LineageEmitter> _log;
    private readonly object _gate = new();
    private long _lost;
    private DateTimeOffset _said = DateTimeOffset.MinValue;

    /// <summary>For the container.</summary>
    public LineageEmitter(IOptions<LineageOptions> options, LineageFolder folder, SecretMask secrets, TimeProvider time, ILogger<LineageEmitter> log)
    {
        (Options, Secrets, _time, _log) = (options.Value, secrets, time, log);
        if (Options.Receiver is null)
            return;
        Outbox = new(Options.OutboxDirectory ?? folder.Default, Options.OutboxEvents, Options.OutboxMegabytes * 1024L * 1024, time, log);
        LineageTelemetry.Waiting.Add(Outbox.Count);
    }

    /// <summary>Whether anybody receives events; who makes them at a price need not when not.</summary>
    public bool IsOn => Outbox is not null;

    /// <summary>Namespace of the jobs.</summary>
    public string Namespace => Options.Namespace;

    /// <summary>Over how long queries of a cube are told of together; 0: they are not told of.</summary>
    public TimeSpan QueryInterval => Options.QueryInterval;

    /// <summary>What may not be in a message.</summary>
    public SecretMask Secrets { get; }

    internal LineageOptions Options { get; }

    internal LineageOutbox? Outbox { get; }

    /// <summary>A job of this stack.</summary>
    public EventJob Job(string name, JobFacets? facets = null) => new(Namespace, name, facets);

    /// <summary>Takes an event; it has the trace of the span that is open here.</summary>
    public void Emit(RunEvent lineage)
    {
        if (Outbox is null)
            return;
        if (lineage.Run.Facets.Trace is null && TraceFacet.Current is { } trace)
            lineage = lineage with { Run = lineage.Run with { Facets = lineage.Run.Facets with { Trace = trace } } };
        var lost = Outbox.Add(JsonSerializer.SerializeToUtf8Bytes(lineage, LineageJson.Default.RunEvent));
        LineageTelemetry.Waiting.Add(1 - lost);
        if (lost > 0)
            Overflow(lost);
    }

    private void Overflow(int lost)
    {
        LineageTelemetry.Lost.Add(lost, LineageTelemetry.Reason("outbox full"));
        lock (_gate)
        {
            _lost += lost;
            if (_time.GetUtcNow() - _said < s_pause)
                return;
            _said = _time.GetUtcNow();
            LogFull(Options.OutboxEvents, Options.OutboxMegabytes, _lost, Options.Url!);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The lineage outbox is full ({Events} events or {Megabytes} MB): {Lost} events are lost so far, the oldest first; start the receiver {Url}, or give the outbox more room by Lineage:OutboxEvents and Lineage:OutboxMegabytes")]
    private partial void LogFull(int events, int megabytes, long lost, string url);
}
