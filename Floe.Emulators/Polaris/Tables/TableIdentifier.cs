using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Namespaces;

namespace Floe.Emulators.Polaris.Tables;

/// <summary>A table's namespace and name.</summary>
internal sealed record TableIdentifier(NamespaceName Namespace, string Name)
{
    public static TableIdentifier Parse(JsonObject json) => new(NamespaceName.Parse(json, "namespace"), json.RequiredString("name"));

    public override string ToString() => $"{Namespace}.{Name}";
}
