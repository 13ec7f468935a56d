using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Floe.Emulators.Hosting;

/// <summary>Tells the requests of the port for health checks from those of the API, whatever the ports' numbers.</summary>
internal static class ManagementPort
{
    public static void Mark(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(Marker.Instance);
        return next(connection);
    });

    public static bool Is(HttpContext http) => http.Features.Get<Marker>() is not null;

    private sealed class Marker
    {
        public static readonly Marker Instance = new();
    }
}
