namespace Floe.AppHost.Startup;

/// <summary>Names of the resources without which the stack makes no sense.</summary>
internal sealed record EssentialResources(IReadOnlyList<string> Names);
