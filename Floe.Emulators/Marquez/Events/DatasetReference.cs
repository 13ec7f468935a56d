using System.Text.Json.Nodes;

namespace Floe.Emulators.Marquez.Events;

/// <summary>A dataset as an event names it.</summary>
/// <param name="Facets">What holds for the dataset itself.</param>
/// <param name="RunFacets">What holds for this reading or writing of it (<c>inputFacets</c>, <c>outputFacets</c>).</param>
internal sealed record DatasetReference(string Namespace, string Name, JsonObject Facets, JsonObject RunFacets, bool IsOutput);
