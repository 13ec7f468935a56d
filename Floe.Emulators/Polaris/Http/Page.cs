using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Store;

namespace Floe.Emulators.Polaris.Http;

/// <summary>
/// A page of a list (Iceberg REST specification, PageToken): pages only where the request has the parameter <c>pageToken</c>, even empty.
/// The token is the last name that was shown, so inserts and drops between two pages neither repeat nor skip another name.
/// </summary>
internal sealed record Page(string? After, int? Size)
{
    private const int DefaultSize = 100;

    /// <summary>One more than is shown, to know whether there is a next page.</summary>
    public int? Limit => Size + 1;

    public static Page Of(HttpRequest request)
    {
        if (!request.Query.TryGetValue("pageToken", out var token))
            return new(null, null);
        var size = DefaultSize;
        if (request.Query["pageSize"] is [{ Length: > 0 } text] && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > 10_000))
            throw PolarisException.BadRequest($"The parameter pageSize={text} must be a number from 1 to 10000");
        return new(token is [{ Length: > 0 } given] ? Decode(given) : null, size);
    }

    public IEnumerable<Entity> Shown(IReadOnlyList<Entity> found) => Size is { } size ? found.Take(size) : found;

    /// <summary>The token of the next page, null on the last one.</summary>
    public JsonNode? Next(IReadOnlyList<Entity> found) => Size is { } size && found.Count > size ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(found[size - 1].Name)) : null;

    private static string Decode(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        }
        catch (FormatException)
        {
            throw PolarisException.BadRequest("The parameter pageToken is not one that this server gave");
        }
    }
}
