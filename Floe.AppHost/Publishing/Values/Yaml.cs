using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Floe.AppHost.Publishing.Values;

/// <summary>YAML as JSON nodes: read by YAML 1.2's core rules, written with the same bytes for the same tree.</summary>
public static partial class Yaml
{
    private static readonly JsonSerializerOptions s_quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads one document; an empty one is an empty object.</summary>
    /// <param name="name">The document's name in error messages.</param>
    /// <param name="text">YAML or JSON.</param>
    /// <exception cref="DistributedApplicationException">The text is no YAML, or no mapping.</exception>
    public static JsonObject Read(string name, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new DistributedApplicationException($"{name} is no YAML: line {e.Start.Line}, column {e.Start.Column}: {e.Message}");
        }
        if (stream.Documents.Count > 0 && stream.Documents[0].AllNodes.OfType<YamlMappingNode>().SelectMany(m => m.Children.Keys).FirstOrDefault(k => k is not YamlScalarNode) is { } key)
            throw new DistributedApplicationException($"{name} has a key that is no text in line {key.Start.Line}; a value that begins with a brace needs quotes.");
        return stream.Documents.Count == 0 ? [] : ToNode(stream.Documents[0].RootNode) switch
        {
            JsonObject mapping => mapping,
            null => [],
            _ => throw new DistributedApplicationException($"{name} is no mapping; its first level must be keys with values."),
        };
    }

    /// <summary>Writes a tree: two spaces, keys in the tree's order, texts quoted where YAML could read them as something else.</summary>
    public static string Write(JsonObject tree)
    {
        var text = new StringBuilder();
        WriteMembers(text, tree, 0, firstIndented: true);
        return text.ToString();
    }

    private static void WriteMembers(StringBuilder text, JsonObject members, int indent, bool firstIndented)
    {
        var indented = firstIndented;
        foreach (var (key, value) in members)
        {
            text.Append(' ', indented ? indent : 0).Append(Text(key)).Append(':');
            WriteValue(text, value, indent);
            indented = true;
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                text.Append('\n');
                WriteMembers(text, members, indent + 2, firstIndented: true);
                break;
            case JsonArray { Count: > 0 } items:
                text.Append('\n');
                foreach (var item in items)
                    WriteItem(text, item, indent + 2);
                break;
            default:
                text.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static void WriteItem(StringBuilder text, JsonNode? item, int indent)
    {
        text.Append(' ', indent).Append("- ");
        if (item is JsonObject { Count: > 0 } members)
            WriteMembers(text, members, indent + 2, firstIndented: false);
        else if (item is JsonArray { Count: > 0 } nested)
            text.Append(nested.ToJsonString(s_quoting)).Append('\n');
        else
            text.Append(Scalar(item)).Append('\n');
    }

    private static string Scalar(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>()),
        _ => value.ToJsonString(),
    };

    private static string Text(string text) => Plain().IsMatch(text) ? text : JsonSerializer.Serialize(text, s_quoting);

    private static JsonNode? ToNode(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value ?? "", ToNode(c.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToNode)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Tag.IsEmpty: true } plain => Resolve(plain.Value ?? ""),
        YamlScalarNode quoted => JsonValue.Create(quoted.Value ?? ""),
        _ => null,
    };

    private static JsonNode? Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when Integer().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ when Float().IsMatch(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction) => JsonValue.Create(fraction),
        _ => JsonValue.Create(text),
    };

    // Words that every YAML reads as a text; words like on, yes and no were booleans once.
    [GeneratedRegex(@"^(?!(?:true|false|yes|no|on|off|null|y|n)$)[A-Za-z_/][A-Za-z0-9_./-]*\z", RegexOptions.IgnoreCase)]
    private static partial Regex Plain();

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Float();
}
