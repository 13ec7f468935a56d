using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Security;
using Floe.ServiceDefaults.Http;

namespace Floe.CubeProxy.Upstream;

/// <summary>Asks Cube, again while it says "Continue wait", and turns what is no answer into a status and a sentence that say what is wrong.</summary>
internal sealed partial class UpstreamClient(UpstreamSettings settings, UpstreamTokens tokens, DependencyWatch watch, HttpClient http, TimeProvider clock)
{
    // {"error":"Continue wait"} with room for spaces.
    private const int LongestContinueWait = 64;
    private const int LongestError = 64 * 1024;

    // What Cube has in its own cache comes within this even when its data source is down.
    private static readonly TimeSpan _grace = TimeSpan.FromMilliseconds(300);

    // Cube answers "Continue wait" after seconds; one that says it at once is not to be asked thousands of times.
    private static readonly TimeSpan _shortestPoll = TimeSpan.FromMilliseconds(100);

    /// <param name="request">Sent once or several times.</param>
    /// <param name="caller">Whose claims Cube sees.</param>
    /// <param name="heedOutages">False: waits for Cube although a dependency is known to be down; for finding out whether it still is.</param>
    /// <param name="ct">The caller's.</param>
    /// <exception cref="CubeApiException">502, 503 or 504: no usable answer came.</exception>
    public async Task<UpstreamResponse> SendAsync(UpstreamRequest request, SecurityContext caller, bool heedOutages, CancellationToken ct)
    {
        using var activity = CubeTelemetry.Source.StartActivity("cube.upstream");
        using var deadline = new CancellationTokenSource(settings.Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var (polls, brokenOff) = (0, 0);
        try
        {
            while (true)
            {
                var started = clock.GetTimestamp();
                try
                {
                    if (await TryAsync(request, caller, 1 + polls + brokenOff, heedOutages, either.Token) is { } response)
                    {
                        activity?.SetTag("http.response.status_code", response.Status);
                        return response;
                    }
                }
                // One whose connection closes may just have closed it when it was taken up again.
                catch (BrokenOffException e) when (!request.MayBeRepeated || ++brokenOff > 1)
                {
                    throw new CubeApiException(502, $"Cube broke off its answer: {e.InnerException!.Message}", "upstream_broken", inner: e);
                }
                catch (BrokenOffException)
                {
                    continue;
                }
                polls++;
                var pause = _shortestPoll - clock.GetElapsedTime(started);
                if (pause > TimeSpan.Zero) await Task.Delay(pause, clock, either.Token);
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Failed(activity, new CubeApiException(504, $"Cube has not answered within {settings.DeadlineSeconds} s ({UpstreamSettings.Section}:{nameof(UpstreamSettings.DeadlineSeconds)}); it may still be working on the query: ask again in a moment, or for less.", "upstream_deadline", inner: e));
        }
        catch (CubeApiException e)
        {
            Failed(activity, e);
            throw;
        }
        finally
        {
            activity?.SetTag("cube.poll_count", polls);
        }
    }

    /// <returns>Null: Cube says "Continue wait", or an outage ended meanwhile; ask again.</returns>
    private async Task<UpstreamResponse?> TryAsync(UpstreamRequest request, SecurityContext caller, int attempt, bool heedOutages, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var failing = heedOutages ? watch.Failing.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).CancelAfter(_grace), limit) : default;
        HttpResponseMessage? message = null;
        try
        {
            using var sent = request.ToMessage(tokens.For(caller), attempt);
            message = await http.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var body = await message.Content.ReadAsStreamAsync(limit.Token);
            var start = await ReadStartAsync(body, message.IsSuccessStatusCode ? LongestContinueWait : LongestError, limit.Token);
            if (message.IsSuccessStatusCode && start.Length < LongestContinueWait && ErrorOf(start) == "Continue wait")
                return heedOutages && watch.Outage is { } found ? throw Unavailable(found) : null;
            if (!message.IsSuccessStatusCode) await RefuseAsync((int)message.StatusCode, start, heedOutages, limit.Token);
            var response = new UpstreamResponse(message, start, body);
            message = null;
            return response;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        // HttpClient's own limit for making a connection comes as a cancellation that nobody asked for.
        catch (Exception e) when (IsUnreachable(e) || (e is OperationCanceledException && !limit.IsCancellationRequested))
        {
            throw new CubeApiException(503, $"Cube is not available: {e.Message}", "upstream_unavailable", inner: e);
        }
        catch (OperationCanceledException e)
        {
            return watch.Outage is { } outage ? throw Unavailable(outage, e) : null;
        }
        catch (Exception e) when (ConnectionFailure.Is(e))
        {
            throw new BrokenOffException(e);
        }
        finally
        {
            message?.Dispose();
        }
    }

    private static CubeApiException Unavailable(Outage outage, Exception? inner = null) => new(503, outage.ToString(), "dependency_unavailable", inner: inner);

    // No connection came about; one that was made and broke may have carried the request.
    private static bool IsUnreachable(Exception e) =>
        e is System.Net.Sockets.SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };

    /// <summary>Errors that are not the caller's: of this service's token, or of a dependency. All others are passed on as they are.</summary>
    private async Task RefuseAsync(int status, ReadOnlyMemory<byte> body, bool heedOutages, CancellationToken ct)
    {
        var error = ErrorOf(body);
        if (status == 403 && error is "Invalid token" or "Authorization header isn't set")
            throw new CubeApiException(502, $"Cube refuses the tokens of this service; {UpstreamSettings.Section}:{nameof(UpstreamSettings.Secret)} must be the CUBEJS_API_SECRET of Cube.", "upstream_token");
        if (error is not null && SourceIsDown().IsMatch(error))
            throw Unavailable(new Outage("the data source of Cube", error), null);
        // What Cube's database says. While a probe is under way it may be the first to know.
        if (status != 400 || error?.StartsWith("Error: ", StringComparison.Ordinal) != true || !heedOutages) return;
        await watch.ProbeAsync(ct);
        if (watch.Outage is { } outage) throw Unavailable(outage);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadStartAsync(Stream body, int length, CancellationToken ct)
    {
        var start = new byte[length];
        return start.AsMemory(0, await body.ReadAtLeastAsync(start, length, throwOnEndOfStream: false, ct));
    }

    private static string? ErrorOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String ? error.GetString() : null;
        }
        catch (JsonException)
        {
            // A page of some gateway, or an answer that is longer.
            return null;
        }
    }

    private static CubeApiException Failed(Activity? activity, CubeApiException e)
    {
        activity.FailedBy(e.ErrorType);
        return e;
    }

    // Cube's own words after half a minute, or Node's when the connection is refused.
    [GeneratedRegex(@"ResourceRequest timed out \(|^Error: (connect|getaddrinfo|read|write) E[A-Z_]+\b")]
    private static partial Regex SourceIsDown();

    private sealed class BrokenOffException(Exception inner) : Exception(inner.Message, inner);
}
