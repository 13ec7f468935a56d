using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Planning;

/// <summary>What the model asks of the loaded tables and they do not have.</summary>
/// <param name="Name">The member, join or cube.</param>
/// <param name="Reason">The engine's own words.</param>
public sealed record ModelFault(SourcePlace Place, string Name, string Reason)
{
    public override string ToString() => $"{Place}: {Name} cannot be computed: {Reason.TrimEnd('.')}.";
}
