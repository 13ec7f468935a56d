using System.Reflection;

namespace Aspire.Hosting;

/// <summary>What the build wrote into the AppHost's assembly.</summary>
internal sealed class AppHostMetadata
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    public AppHostMetadata(DistributedApplicationOptions options)
    {
        Assembly = options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
        foreach (var item in Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>() ?? [])
        {
            if (item.Value is { Length: > 0 } value) _values.TryAdd(item.Key, value);
        }
    }

    public Assembly? Assembly { get; }

    /// <summary>The full path of the project file; null when the assembly was not built as an AppHost.</summary>
    public string? ProjectFile => this["apphostprojectpath"] is { } folder && this["apphostprojectname"] is { } name ? Path.Combine(folder, name) : null;

    public string? this[string key] => _values.GetValueOrDefault(key);
}
