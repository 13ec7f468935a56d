namespace Floe.AppHost.Settings;

/// <summary>A service that exists in container mode only, shown so that its absence is plain.</summary>
public sealed class NotStartedResource(string name) : Resource(name);
