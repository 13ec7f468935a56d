using System.Text.Json.Nodes;

namespace Floe.Emulators.Marquez.Events;

/// <summary>A job as an event names it.</summary>
internal sealed record JobReference(string Namespace, string Name, JsonObject Facets);
