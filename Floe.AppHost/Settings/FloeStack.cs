namespace Floe.AppHost.Settings;

/// <summary>What was decided for this stack before the first resource was added.</summary>
/// <param name="Settings">The checked settings.</param>
/// <param name="UseContainers">Whether services run as containers; always in publish mode.</param>
/// <param name="Why">Why that was chosen, ready to show.</param>
/// <param name="Data">The claimed data directory; null where nothing embedded runs.</param>
public sealed record FloeStack(FloeSettings Settings, bool UseContainers, string Why, DataDirectory? Data);
