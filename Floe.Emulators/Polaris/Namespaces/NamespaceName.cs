using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;

namespace Floe.Emulators.Polaris.Namespaces;

/// <summary>The levels of a namespace, outermost first.</summary>
internal sealed record NamespaceName(IReadOnlyList<string> Levels)
{
    /// <summary>Joins levels in paths and parameters (Iceberg REST specification: multi-level namespaces).</summary>
    public const char Separator = '\u001F';

    /// <summary>From a path segment or parameter.</summary>
    public static NamespaceName Split(string joined) => Checked(joined.Split(Separator));

    /// <summary>From an array of a body.</summary>
    public static NamespaceName Parse(JsonObject json, string field)
    {
        if (json[field] is null)
            throw PolarisException.BadRequest($"The field '{field}' is missing; the specification requires it");
        return Checked(json.Strings(field));
    }

    public NamespaceName? Parent => Levels.Count == 1 ? null : new(Levels.Take(Levels.Count - 1).ToList());

    public string Leaf => Levels[^1];

    public override string ToString() => string.Join('.', Levels);

    private static NamespaceName Checked(IReadOnlyList<string> levels) =>
        levels.Count > 0 && levels.All(level => level.Length > 0) ? new(levels) : throw PolarisException.IllegalArgument("A namespace must have at least one level, and no level may be empty");
}
