using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Floe.CubeProxy.Model;

/// <summary>
/// One YAML mapping of the model, read key by key. Every key must be taken or named as unsupported: what is left when
/// <see cref="Finish"/> is called is an unknown construct and refused with its line, because a key that is silently
/// skipped gives silently wrong numbers.
/// </summary>
internal sealed class YamlSection
{
    private readonly Dictionary<string, (string File, YamlNode Key, YamlNode Value)> _entries = [];
    private readonly Dictionary<string, List<YamlSection>> _inherited = [];
    private readonly string _file;
    private readonly string _what;

    public YamlSection(string file, YamlNode node, string what)
    {
        _file = file;
        _what = what;
        Place = PlaceOf(node);
        if (node is not YamlMappingNode mapping)
            throw new ModelException(Place, $"{what} must be a mapping of keys to values.");
        foreach (var (key, value) in mapping.Children)
        {
            var name = key is YamlScalarNode { Value: { } text } ? ToSnakeCase(text) : throw new ModelException(PlaceOf(key), $"A key of {what} must be plain text.");
            if (!_entries.TryAdd(name, (file, key, value)))
                throw new ModelException(PlaceOf(key), $"'{name}' is given twice in {what}.");
        }
    }

    public SourcePlace Place { get; }

    public SourcePlace PlaceOf(YamlNode node) => new(_file, (int)node.Start.Line);

    public SourcePlace PlaceOfKey(string key) => _entries.TryGetValue(key, out var entry) ? new SourcePlace(entry.File, (int)entry.Key.Start.Line) : Place;

    public bool Has(string key) => _entries.ContainsKey(key);

    /// <summary>Takes over what a parent (<c>extends</c>) has and this section has not; lists are joined by the entries' names, own ones win.</summary>
    public void Inherit(YamlSection parent, params ReadOnlySpan<string> lists)
    {
        foreach (var list in lists)
        {
            var entries = parent.Sections(list, $"{list} of {parent._what}").ToList();
            if (entries.Count > 0) _inherited[list] = entries;
        }
        foreach (var (key, entry) in parent._entries) _entries.TryAdd(key, entry);
    }

    public YamlNode? Take(string key) => _entries.Remove(key, out var entry) ? entry.Value : null;

    public string? Text(string key) => Take(key) switch
    {
        null => null,
        YamlScalarNode { Value: { } text } => text,
        var node => throw new ModelException(PlaceOf(node), $"'{key}' of {_what} must be text."),
    };

    public string RequiredText(string key)
    {
        var place = PlaceOfKey(key);
        return Text(key) is { Length: > 0 } text ? text : throw new ModelException(place, $"'{key}' is missing in {_what}.");
    }

    public bool Flag(string key, bool otherwise)
    {
        var node = Take(key);
        if (node is null) return otherwise;
        return node is YamlScalarNode { Value: { } text } && bool.TryParse(text, out var flag)
            ? flag
            : throw new ModelException(PlaceOf(node), $"'{key}' of {_what} must be true or false.");
    }

    public SqlTemplate? Sql(string key)
    {
        var node = Take(key);
        if (node is null) return null;
        if (node is not YamlScalarNode { Value: { } text } scalar)
            throw new ModelException(PlaceOf(node), $"'{key}' of {_what} must be SQL text.");
        // The text of a block scalar (|, >) starts on the line after its indicator.
        var line = (int)scalar.Start.Line + (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded ? 1 : 0);
        return SqlTemplate.Parse(text, new SourcePlace(_file, line));
    }

    public IEnumerable<YamlSection> Sections(string key, string what)
    {
        var (file, _, node) = _entries.GetValueOrDefault(key);
        _entries.Remove(key);
        List<YamlSection> own = node switch
        {
            null => [],
            YamlSequenceNode list => [.. list.Children.Select(child => new YamlSection(file, child, what))],
            _ => throw new ModelException(new SourcePlace(file, (int)node.Start.Line), $"'{key}' of {_what} must be a list; each entry starts with '- name:'."),
        };
        if (!_inherited.TryGetValue(key, out var inherited)) return own;
        var names = own.Select(section => section.PeekText("name")).OfType<string>().ToHashSet();
        return [.. inherited.Where(section => section.PeekText("name") is not { } name || !names.Contains(name)), .. own];
    }

    /// <summary>A mapping under a key; null when the key is not there.</summary>
    public YamlSection? Section(string key, string what) => _entries.Remove(key, out var entry) ? new YamlSection(entry.File, entry.Value, what) : null;

    public string? PeekText(string key) => _entries.TryGetValue(key, out var entry) && entry.Value is YamlScalarNode { Value: { } text } ? text : null;

    /// <summary>Entries of a list that may be plain names or mappings.</summary>
    public IReadOnlyList<(string? Name, YamlSection? Section)> NamesOrSections(string key, string what)
    {
        if (!_entries.Remove(key, out var entry)) return [];
        return entry.Value is YamlSequenceNode list
            ? [.. list.Children.Select(child => child is YamlScalarNode { Value: { } name } ? (name, (YamlSection?)null) : ((string?)null, new YamlSection(entry.File, child, what)))]
            : throw new ModelException(new SourcePlace(entry.File, (int)entry.Value.Start.Line), $"'{key}' of {_what} must be a list of names.");
    }

    public IReadOnlyList<string> Texts(string key)
    {
        var node = Take(key);
        if (node is null) return [];
        return node is YamlSequenceNode list && list.Children.All(child => child is YamlScalarNode)
            ? [.. list.Children.Cast<YamlScalarNode>().Select(child => child.Value ?? "")]
            : throw new ModelException(PlaceOf(node), $"'{key}' of {_what} must be a list of names.");
    }

    public JsonNode? Json(string key) => Take(key) is { } node ? ToJson(node) : null;

    /// <summary>A construct that Cube has and Floe has not: refused by name and line.</summary>
    public void Refuse(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (_entries.TryGetValue(key, out var entry))
                throw new ModelException(PlaceOf(entry.Key), $"'{key}' in {_what} is a Cube feature that Floe's engine does not support; remove it or serve this model with a Cube container.");
        }
    }

    /// <summary>A switch of Cube's that Floe has not: may be there as long as it is off.</summary>
    public void RefuseOn(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (PeekText(key) is not "false") Refuse(key);
            Take(key);
        }
    }

    /// <summary>A construct that changes nothing here: said in the log, with its line.</summary>
    public void Ignore(ICollection<string> notices, string consequence, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            var place = PlaceOfKey(key);
            if (Take(key) is not null) notices.Add($"{place}: '{key}' is not used by Floe's engine, {consequence}.");
        }
    }

    public void Finish()
    {
        foreach (var (name, (file, key, _)) in _entries)
            throw new ModelException(new SourcePlace(file, (int)key.Start.Line), $"'{name}' is not a known key of {_what}; check its spelling.");
    }

    private JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(child => KeyValuePair.Create(child.Key.ToString(), ToJson(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: not ScalarStyle.Plain } quoted => JsonValue.Create(quoted.Value),
        YamlScalarNode { Value: null or "" or "null" or "~" } => null,
        YamlScalarNode { Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        YamlScalarNode scalar when long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => JsonValue.Create(integer),
        YamlScalarNode scalar when decimal.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new ModelException(PlaceOf(node), "This YAML construct cannot be used here."),
    };

    // Cube accepts primary_key and primaryKey alike.
    private static string ToSnakeCase(string key) =>
        key.Any(char.IsUpper) ? string.Concat(key.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString())) : key;
}
