using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using YamlDotNet.Serialization;

namespace Aspire.Hosting.Kubernetes.Yaml;

/// <summary>A property of a Kubernetes object as it is written: base classes first, then in the order of declaration.</summary>
internal sealed record YamlProperty(string Name, Func<object, object?> Get)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<YamlProperty>> Known = new();

    public static IReadOnlyList<YamlProperty> Of(Type type) => Known.GetOrAdd(type, static t =>
    [
        .. t.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p is { CanRead: true } && p.GetIndexParameters().Length == 0 && p.GetCustomAttribute<YamlIgnoreAttribute>() is null)
            .Select(p => (Property: p, Member: p.GetCustomAttribute<YamlMemberAttribute>()))
            .OrderBy(p => p.Member?.Order ?? 0)
            .ThenBy(p => Depth(p.Property.DeclaringType!))
            .ThenBy(p => p.Property.MetadataToken)
            .Select(p => new YamlProperty(p.Member?.Alias is { Length: > 0 } alias ? alias : JsonNamingPolicy.CamelCase.ConvertName(p.Property.Name), p.Property.GetValue)),
    ]);

    private static int Depth(Type type)
    {
        var depth = 0;
        for (var t = type; t.BaseType is { } parent; t = parent)
        {
            depth++;
        }

        return depth;
    }
}
