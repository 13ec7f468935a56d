using Floe.Emulators.Polaris.Errors;

namespace Floe.Emulators.Polaris.Bootstrap;

/// <summary>Answers every call with 503 until the tables and the realm are there: a database that is up need not have them yet.</summary>
internal sealed class StartupGate(RequestDelegate next, RealmStartup startup)
{
    public Task InvokeAsync(HttpContext http) => startup.Done
        ? next(http)
        : throw PolarisException.Unavailable("The catalog is starting: its database is not set up yet; repeat the request in a moment");
}
