namespace Floe.Emulators.Polaris.Http;

/// <summary>Parts of the path by name.</summary>
internal static class RouteTexts
{
    public static string RouteText(this HttpContext http, string name) => (string)http.Request.RouteValues[name]!;
}
