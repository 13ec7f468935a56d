using System.Globalization;
using System.Text.Json;

namespace Floe.SeedWorker.Jobs;

/// <summary>Reads parameters of jobs.</summary>
internal static class JobParameters
{
    /// <summary>The members of the request's body; none when there is no body.</summary>
    public static Dictionary<string, JsonElement> Members(JsonElement? request, params ReadOnlySpan<string> known)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (request is not { } body)
            return members;
        if (body.ValueKind != JsonValueKind.Object)
            throw new JobParameterException("(body)", Shown(body), "the body must be a JSON object, for example {\"orders\": 100}, or empty");
        foreach (var member in body.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                throw new JobParameterException(member.Name, Shown(member.Value), known.IsEmpty ? "this job takes no parameters" : $"this job takes {string.Join(", ", known)}");
            members[member.Name] = member.Value;
        }

        return members;
    }

    /// <summary>A whole number within bounds; without <paramref name="otherwise"/> it must be given.</summary>
    public static long Whole(Dictionary<string, JsonElement> members, string name, long? otherwise, long least, long most)
    {
        if (!members.TryGetValue(name, out var value))
            return otherwise ?? throw new JobParameterException(name, "missing", string.Create(CultureInfo.InvariantCulture, $"it must be a whole number from {least} to {most}"));
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most
            ? number
            : throw new JobParameterException(name, Shown(value), $"it must be a whole number from {least} to {most}");
    }

    /// <summary>True or false; false when it is not given.</summary>
    public static bool Flag(Dictionary<string, JsonElement> members, string name) => members.TryGetValue(name, out var value) && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new JobParameterException(name, Shown(value), "it must be true or false"),
    };

    /// <summary>A text, empty when it is not given.</summary>
    public static string Text(Dictionary<string, JsonElement> members, string name, int longest)
    {
        if (!members.TryGetValue(name, out var value))
            return "";
        return value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length <= longest
            ? text
            : throw new JobParameterException(name, Shown(value), $"it must be a text of at most {longest} characters");
    }

    /// <summary>A value as it is repeated to whoever gave it.</summary>
    public static string Shown(JsonElement value) => value.GetRawText() is { Length: > 100 } text ? text[..100] + "..." : value.GetRawText();
}
