using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Floe.ServiceDefaults.Telemetry;

/// <summary>Puts <see cref="HttpServerSpanMiddleware"/> before everything else in the pipeline.</summary>
internal sealed class HttpServerSpanFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<HttpServerSpanMiddleware>();
        next(app);
    };
}
