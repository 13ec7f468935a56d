namespace Floe.AppHost.Publishing.AspireChart;

/// <summary>A file of this repository that a published container has as part of a ConfigMap.</summary>
/// <param name="Source">Full path of the file.</param>
/// <param name="Target">Its path in the container.</param>
internal sealed record ConfigFileAnnotation(string Source, string Target) : IResourceAnnotation;
