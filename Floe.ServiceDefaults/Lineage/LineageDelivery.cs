using System.Net;
using Floe.ServiceDefaults.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>Brings the outbox's events to the receiver, one after the other, each at least once.</summary>
internal sealed partial class LineageDelivery(LineageEmitter emitter, IHttpClientFactory clients, TimeProvider time, ILogger<LineageDelivery> log) : BackgroundService
{
    public const string HttpClientName = "lineage";

    private const int LongestReason = 300;

    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    // A receiver that starts beside this service is no news.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private long? _awaySince;
    private bool _saidAway;

    private enum Outcome
    {
        Delivered,
        Refused,
        Gone,
        Away,
    }

    /// <summary>Delivers what is left, as long as the settings say; the rest stays for the next start.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (emitter.Outbox is not { Count: > 0 } outbox)
            return;
        using var patience = new CancellationTokenSource(emitter.Options.DrainTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await DeliverAsync(outbox, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }

        if (outbox.Count > 0)
            LogLeft(outbox.Count, emitter.Options.Url!);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not on the thread that starts the host.
        await Task.Yield();
        if (emitter.Outbox is not { } outbox)
        {
            LogOff();
            return;
        }

        var pause = s_again;
        while (true)
        {
            await outbox.WaitAsync(stoppingToken);
            while (!await DeliverAsync(outbox, stoppingToken))
            {
                await Task.Delay(pause, time, stoppingToken);
                pause = pause * 2 < s_longest ? pause * 2 : s_longest;
            }

            pause = s_again;
        }
    }

    /// <returns>Whether the outbox is empty; false: the receiver is away.</returns>
    private async Task<bool> DeliverAsync(LineageOutbox outbox, CancellationToken ct)
    {
        // Deliveries are no part of anybody's story.
        using var quiet = SuppressInstrumentationScope.Begin();
        while (outbox.First() is { } entry)
        {
            ct.ThrowIfCancellationRequested();
            var (outcome, reason) = await SendAsync(outbox, entry, ct);
            if (outcome == Outcome.Away)
            {
                Away(outbox.Count, reason);
                return false;
            }

            if (outbox.Remove(entry))
                LineageTelemetry.Waiting.Add(-1);
            switch (outcome)
            {
                case Outcome.Refused:
                    LineageTelemetry.Lost.Add(1, LineageTelemetry.Reason("refused"));
                    LogRefused(emitter.Options.Url!, reason);
                    break;
                case Outcome.Gone:
                    LogGone(entry.Name);
                    continue;
                default:
                    LineageTelemetry.Delivered.Add(1);
                    break;
            }

            Back();
        }

        return true;
    }

    private async Task<(Outcome Outcome, string Reason)> SendAsync(LineageOutbox outbox, LineageOutbox.Entry entry, CancellationToken ct)
    {
        try
        {
            if (await outbox.ReadAsync(entry, ct) is not { } content)
                return (Outcome.Gone, "");
            using var body = new ByteArrayContent(content);
            body.Headers.ContentType = new("application/json");
            using var answer = await clients.CreateClient(HttpClientName).PostAsync(emitter.Options.Receiver, body, ct);
            if (answer.IsSuccessStatusCode)
                return (Outcome.Delivered, "");
            var text = await answer.Content.ReadAsStringAsync(ct);
            var reason = $"{(int)answer.StatusCode} {emitter.Secrets.Apply(text.Length > LongestReason ? text[..LongestReason] : text)}";
            // Only these say that it is the event that is wrong. Anything else may be another receiver, or a proxy before it, on another day.
            return (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity ? Outcome.Refused : Outcome.Away, reason);
        }
        catch (Exception e) when (ConnectionFailure.Is(e) || e is IOException or UnauthorizedAccessException || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            return (Outcome.Away, e.Message);
        }
    }

    private void Away(int waiting, string reason)
    {
        _awaySince ??= time.GetTimestamp();
        if (_saidAway || time.GetElapsedTime(_awaySince.Value) < s_patience)
            return;
        _saidAway = true;
        LogAway(emitter.Options.Url!, reason, waiting);
    }

    private void Back()
    {
        if (_saidAway)
            LogBack(emitter.Options.Url!, time.GetElapsedTime(_awaySince!.Value).TotalSeconds);
        (_awaySince, _saidAway) = (null, false);
    }

    [LoggerMessage(1, LogLevel.Information, "Lineage is not emitted: Lineage:Url is not set")]
    private partial void LogOff();

    [LoggerMessage(2, LogLevel.Warning, "The lineage receiver {Url} takes no events ({Reason}); {Waiting} wait in the outbox until it does")]
    private partial void LogAway(string url, string reason, int waiting);

    [LoggerMessage(3, LogLevel.Information, "The lineage receiver {Url} takes events again after {Seconds:0} s")]
    private partial void LogBack(string url, double seconds);

    [LoggerMessage(4, LogLevel.Error, "A lineage event is lost, the receiver {Url} refuses it: {Reason}")]
    private partial void LogRefused(string url, string reason);

    [LoggerMessage(6, LogLevel.Warning, "The lineage event {Name} is gone from the outbox: somebody removed its file, or another process delivers from the same folder; give each service a folder of its own by Lineage:OutboxDirectory")]
    private partial void LogGone(string name);

    [LoggerMessage(5, LogLevel.Information, "{Count} lineage events stay in the outbox until the next start: the receiver {Url} did not take them in time")]
    private partial void LogLeft(int count, string url);
}
