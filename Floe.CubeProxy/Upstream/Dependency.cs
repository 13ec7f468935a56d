namespace Floe.CubeProxy.Upstream;

/// <summary>Something that Cube's answers need, asked beside the requests.</summary>
/// <param name="Name">For messages: "the catalog", "the object storage", "Cube".</param>
/// <param name="Address">Any answer below 500 means that it is up: without credentials, a refusal is an answer.</param>
/// <param name="AnyStatus">True where a failure has other reasons than the service itself: Cube's probe fails with its data source.</param>
internal sealed record Dependency(string Name, Uri Address, bool AnyStatus = false);
