using System.Reflection;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>What all events of OpenLineage 2-0-2 say about themselves, and the address rule of facets.</summary>
public static class OpenLineage
{
    /// <summary>Schema of events of runs.</summary>
    public const string RunEventSchema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

    /// <summary>Who made an event or a facet: Floe, with its version.</summary>
    public static string Producer { get; } = $"urn:floe:{Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}";

    /// <summary>Address of a published facet's schema, for example <c>1-2-0</c>, <c>SchemaDatasetFacet</c>.</summary>
    public static string Published(string version, string name) => $"https://openlineage.io/spec/facets/{version}/{name}.json#/$defs/{name}";

    /// <summary>
    /// Address of the schema of a facet of Floe's own: <c>urn:floe:facets:VERSION:NAME</c>, the <c>$id</c> of <c>docs/lineage/NAME.json</c>. The version
    /// grows with every change of the schema, so that an address means the same for ever.
    /// </summary>
    public static string Own(string version, string name) => $"urn:floe:facets:{version}:{name}#/$defs/{name}";
}
