using System.Globalization;
using System.Text.Json.Nodes;

namespace Floe.Emulators.Marquez.Events;

/// <summary>
/// Facets with the time of the event that brought each: of every facet the newest holds, in whatever order the events come in. Kept as
/// <c>{"name": {"at": time, "facet": {...}}}</c>; unknown facets are kept like any other.
/// </summary>
internal sealed class TimedFacets
{
    private readonly JsonObject _entries;

    private TimedFacets(JsonObject entries) => _entries = entries;

    public static TimedFacets Parse(string? text) => new(text is null ? [] : (JsonObject)JsonNode.Parse(text)!);

    /// <summary>The facets without their times. A facet that says of itself that it is deleted is none.</summary>
    public JsonObject Current => new(_entries
        .Where(entry => entry.Value!["facet"]!["_deleted"] is not JsonValue deleted || !deleted.TryGetValue<bool>(out var gone) || !gone)
        .Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value!["facet"]!.DeepClone())));

    public JsonObject? this[string name] => _entries[name]?["facet"] as JsonObject;

    /// <summary>Takes in an event's facets; says of each whether it is the newest now.</summary>
    public IReadOnlySet<string> Merge(JsonObject facets, DateTimeOffset time)
    {
        var taken = new HashSet<string>();
        foreach (var (name, facet) in facets)
        {
            if (facet is not JsonObject || !IsNewer(facet, time, _entries[name]))
                continue;
            _entries[name] = new JsonObject { ["at"] = time.ToString("O", CultureInfo.InvariantCulture), ["facet"] = facet.DeepClone() };
            taken.Add(name);
        }

        return taken;
    }

    // Of two that are equally new one must hold whichever comes last: the one whose text is the greater.
    private static bool IsNewer(JsonNode facet, DateTimeOffset time, JsonNode? known)
    {
        if (known is null)
            return true;
        var at = DateTimeOffset.Parse(known["at"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        return at < time || (at == time && string.CompareOrdinal(facet.ToJsonString(), known["facet"]!.ToJsonString()) >= 0);
    }

    public override string ToString() => _entries.ToJsonString(JsonAnswer.SerializerOptions);
}
