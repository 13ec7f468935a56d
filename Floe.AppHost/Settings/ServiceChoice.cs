namespace Floe.AppHost.Settings;

/// <summary>Where the services of the stack come from.</summary>
public enum ServiceChoice
{
    /// <summary>Containers when a container runtime answers, else embedded.</summary>
    Auto,

    /// <summary>Official container images.</summary>
    Containers,

    /// <summary>PostgreSQL's own binaries and Floe's emulators, as processes.</summary>
    Embedded,
}
