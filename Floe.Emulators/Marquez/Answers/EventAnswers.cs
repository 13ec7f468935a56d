using System.Text.Json.Nodes;
using Floe.Emulators.Marquez.Store;

namespace Floe.Emulators.Marquez.Answers;

/// <summary>The events themselves, as they came.</summary>
internal sealed class EventAnswers(MarquezDatabase database)
{
    private const string Events = $"from {Fields.Schema}.lineage_events where event_time >= $1 and event_time < $2";

    private static readonly DateTimeOffset s_first = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_last = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task<JsonNode> ListAsync(Parameters query, CancellationToken ct)
    {
        var direction = query.Text("sortDirection")?.ToLowerInvariant() switch
        {
            null or "desc" => "desc",
            "asc" => "asc",
            var other => throw MarquezException.BadRequest($"The parameter sortDirection={other} must be asc or desc"),
        };
        var (after, before) = (query.Time("after") ?? s_first, query.Time("before") ?? s_last);
        return new JsonObject
        {
            ["events"] = Fields.Array(await database.Direct.ListAsync(
                $"select event {Events} order by event_time {direction}, id {direction} limit $3 offset $4",
                r => JsonNode.Parse(r.GetString(0))!, ct, after, before, query.Limit(), query.Offset)),
            ["totalCount"] = await database.Direct.CountAsync($"select count(*) {Events}", ct, after, before),
        };
    }
}
