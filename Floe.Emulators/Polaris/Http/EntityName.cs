using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;

namespace Floe.Emulators.Polaris.Http;

/// <summary>The rule of the management specification for names of catalogs, principals and roles.</summary>
internal static class EntityName
{
    private const string Reserved = "SYSTEM$";

    private const int MaximumLength = 256;

    public static string Read(JsonObject json)
    {
        var name = json.RequiredString("name");
        if (name.Length is 0 or > MaximumLength || name.TrimStart().StartsWith(Reserved, StringComparison.OrdinalIgnoreCase) || name.Any(char.IsControl))
            throw PolarisException.BadRequest($"The name '{name}' must have 1 to {MaximumLength} characters, no control characters, and must not begin with {Reserved}");
        return name;
    }
}
