namespace Floe.AppHost.Cube;

/// <summary>Cube as a container. Callers do not talk to it: CubeProxy stands before it.</summary>
public sealed class CubeContainerResource(string name, ParameterResource secret) : ContainerResource(name)
{
    internal const string EndpointName = "http";
    internal const string SqlEndpointName = "sql";

    /// <summary>What Cube checks tokens with; only CubeProxy signs with it.</summary>
    public ParameterResource Secret => secret;
}
