using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.Serving;
using Floe.CubeProxy.Snapshots;
using Floe.CubeProxy.Upstream;
using Microsoft.AspNetCore.Http.Features;

namespace Floe.CubeProxy.Page;

/// <summary>
/// What the answers are made of: <c>GET /api/freshness</c>. With <c>If-None-Match</c> and <c>Prefer: wait=20</c> (RFC 7240) it waits for news up to that many
/// seconds, and then says 304. Tables are told to those who may ask for a cube that reads them.
/// </summary>
internal sealed class Freshness(IServiceProvider services, EngineOptions engine, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    public const string Path = "/api/freshness";

    private const int LongestWait = 30;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private readonly SnapshotStore? _store = services.GetService<SnapshotStore>();
    private readonly SnapshotRefresher? _refresher = services.GetService<SnapshotRefresher>();
    private readonly TableWatch? _watch = services.GetService<TableWatch>();
    private readonly SemanticModel? _model = services.GetService<SemanticModel>();

    public async Task AnswerAsync(HttpContext http, SecurityContext caller)
    {
        // A page asks all the time; a span each would bury everything else.
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is { } span) (span.ActivityTraceFlags, span.IsAllDataRequested) = (span.ActivityTraceFlags & ~ActivityTraceFlags.Recorded, false);
        var (known, wait) = (http.Request.Headers.IfNoneMatch.ToString(), WaitOf(http.Request));
        var started = clock.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        var state = Read();
        while (state.ETag == known && clock.GetElapsedTime(started) < wait && !end.IsCancellationRequested)
        {
            await Task.Delay(engine.RefreshInterval / 2, clock, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            state = Read();
        }
        http.RequestAborted.ThrowIfCancellationRequested();
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ETag = state.ETag;
        if (state.ETag == known)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.Body.WriteAsync(JsonAnswer.Build(json => Write(json, state, caller)), http.RequestAborted);
    }

    private State Read()
    {
        if (_store is not null)
        {
            var set = _store.Current;
            return new State(set?.Id, set?.LoadedAt, set?.States ?? [], ProblemOf(set is not null, _refresher!.Problem ?? (set is null ? "The tables are being loaded." : null)));
        }
        var seen = _watch!.Current;
        return new State(seen?.Id, seen?.SeenAt, seen?.Tables ?? [], ProblemOf(seen is not null, _watch.Problem));
    }

    // Before the first load it is what /v1/load says, too.
    private static string? ProblemOf(bool isLoaded, string? problem) => isLoaded && problem is not null ? "The tables' source cannot be read at the moment; the data are those that were loaded last." : problem;

    private void Write(Utf8JsonWriter json, State state, SecurityContext caller)
    {
        var tables = state.Tables.Where(table => MaySee(table.Table, caller)).ToList();
        json.WriteStartObject();
        json.WriteString("now", Text(clock.GetUtcNow()));
        json.WriteString("set", state.Id is null ? null : Digest(state.Id));
        json.WriteString("visibleAt", state.VisibleAt is { } visible ? Text(visible) : null);
        json.WriteString("committedAt", tables.Count == 0 ? null : Text(tables.Max(table => table.CommittedAt)));
        json.WriteStartArray("tables");
        foreach (var table in tables)
        {
            json.WriteStartObject();
            json.WriteString("table", table.Table.ToString());
            json.WriteString("snapshot", table.Snapshot);
            json.WriteString("committedAt", Text(table.CommittedAt));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("problem", state.Problem);
        json.WriteEndObject();
    }

    // What the model's queries of their own read is not known by cube.
    private bool MaySee(TableName table, SecurityContext caller) => _model is not null
        && (!_model.HasPolicies || _model.Cubes.Any(cube => cube.IsPublic && cube.Table == table && AccessRules.MaySee(cube, caller)));

    private static TimeSpan WaitOf(HttpRequest request) =>
        request.Headers["Prefer"].ToString() is ['w', 'a', 'i', 't', '=', .. var seconds] && int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var wait)
            ? TimeSpan.FromSeconds(Math.Min(wait, LongestWait))
            : TimeSpan.Zero;

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 6));

    /// <param name="Id">Null before the first load, and before a Cube whose tables are not known.</param>
    private sealed record State(string? Id, DateTimeOffset? VisibleAt, IReadOnlyList<TableState> Tables, string? Problem)
    {
        public string ETag => $"\"{Digest($"{Id}|{Problem}")}\"";
    }
}
