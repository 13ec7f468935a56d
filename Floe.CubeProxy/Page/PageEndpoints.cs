using Floe.CubeProxy.Serving;
using Microsoft.Extensions.Options;

namespace Floe.CubeProxy.Page;

/// <summary>The page at <c>/</c>, its parts and its token, and the freshness that it shows.</summary>
internal static partial class PageEndpoints
{
    // A year, and never asked again: the address changes with the content.
    private const string ForGood = "public, max-age=31536000, immutable";

    // Everything comes from here, texts become elements only by the page's own code, and no other page may have this one in a frame.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static void AddPage(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<PageSettings>(PageSettings.Section);
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<PageSettings>>().Value);
        builder.Services.AddSingleton<PageFiles>();
        builder.Services.AddSingleton<PageTokens>();
        builder.Services.AddSingleton<Freshness>();
    }

    public static void MapPage(this WebApplication app)
    {
        // Waits inside: as a sample it would say nothing of how fast this service is.
        app.MapGet(Freshness.Path, http => CubeEndpoints.AnswerAsync(http, "freshness", http.RequestServices.GetRequiredService<Freshness>().AnswerAsync)).DisableHttpMetrics();
        var settings = app.Services.GetRequiredService<PageSettings>();
        settings.CheckWith(app.Services.GetRequiredService<TokenSettings>(), app.Configuration);
        if (!settings.Enabled) return;
        string[] read = [HttpMethods.Get, HttpMethods.Head];
        app.MapMethods("/", read, http =>
        {
            http.Response.Headers.ContentSecurityPolicy = Policy;
            http.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
            return http.RequestServices.GetRequiredService<PageFiles>().Index.SendAsync(http, "no-cache");
        });
        app.MapMethods("/page/{version}/{name}", read, http => http.RequestServices.GetRequiredService<PageFiles>().Find($"{http.Request.RouteValues["version"]}/{http.Request.RouteValues["name"]}") is { } file
            ? file.SendAsync(http, ForGood)
            : JsonAnswer.SendErrorAsync(http, 404, "This part of the page is of another version; load the page again."));
        app.MapPost("/page/token", settings.GivesTokens ? GiveTokenAsync : SayNoneAsync);
    }

    private static Task GiveTokenAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (SamePage.Refusal(http) is { } reason)
        {
            LogRefused(http.RequestServices.GetRequiredService<ILogger<PageTokens>>(), reason);
            return JsonAnswer.SendErrorAsync(http, 403, $"No token: {reason}.");
        }
        var token = http.RequestServices.GetRequiredService<PageTokens>().Create();
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.Body.WriteAsync(JsonAnswer.Build(json =>
        {
            json.WriteStartObject();
            json.WriteString("token", token);
            json.WriteNumber("expiresInSeconds", (int)PageTokens.Lifetime.TotalSeconds);
            json.WriteEndObject();
        }), http.RequestAborted).AsTask();
    }

    // The page then asks the person.
    private static Task SayNoneAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Gave no token for the page: {Reason}.")]
    private static partial void LogRefused(ILogger logger, string reason);
}
