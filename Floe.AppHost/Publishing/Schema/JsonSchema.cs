using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Floe.AppHost.Publishing.Schema;

/// <summary>
/// Checks documents against the part of JSON Schema (drafts 7 to 2020-12) that Floe's schemas and charts are written in. A keyword outside of it is an
/// error, not a silent pass: a schema that is not understood must not call anything valid.
/// </summary>
public sealed class JsonSchema
{
    private static readonly HashSet<string> s_annotations =
    [
        "$schema", "$id", "$comment", "title", "description", "default", "examples", "definitions", "$defs", "deprecated", "format", "if", "then", "else",
    ];

    private static readonly TimeSpan s_patternTimeout = TimeSpan.FromSeconds(1);

    private readonly JsonNode _root;
    private readonly string _name;

    private JsonSchema(string name, JsonNode root) => (_name, _root) = (name, root);

    /// <summary>Reads a schema.</summary>
    /// <param name="name">Its name in error messages.</param>
    /// <param name="text">JSON.</param>
    /// <exception cref="DistributedApplicationException">The text is no JSON object.</exception>
    public static JsonSchema Parse(string name, string text)
    {
        try
        {
            return new(name, JsonNode.Parse(text) as JsonObject ?? throw new DistributedApplicationException($"The JSON Schema {name} is no object."));
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new DistributedApplicationException($"The JSON Schema {name} is no JSON: {e.Message}");
        }
    }

    /// <summary>All fields that break a rule; empty when the document is valid.</summary>
    /// <exception cref="DistributedApplicationException">The schema uses a keyword or reference that is not understood.</exception>
    public IReadOnlyList<Violation> Validate(JsonNode? document)
    {
        List<Violation> violations = [];
        Check(_root, document, "", violations);
        return [.. violations.Distinct()];
    }

    private void Check(JsonNode? schema, JsonNode? value, string field, List<Violation> found)
    {
        if (schema is JsonValue literal && literal.TryGetValue(out bool allowed))
        {
            if (!allowed)
                found.Add(new(field, "is not allowed here"));
            return;
        }
        var rules = schema as JsonObject ?? throw NotUnderstood("a schema that is neither object nor boolean", field);
        foreach (var (keyword, argument) in rules)
            CheckKeyword(rules, keyword, argument, value, field, found);
        if (rules["if"] is { } condition)
            Check((Passes(condition, value, field) ? rules["then"] : rules["else"]) ?? true, value, field, found);
    }

    private void CheckKeyword(JsonObject rules, string keyword, JsonNode? argument, JsonNode? value, string field, List<Violation> found)
    {
        switch (keyword)
        {
            case "$ref": Check(Resolve(argument!.GetValue<string>()), value, field, found); break;
            case "type": CheckType(argument!, value, field, found); break;
            case "enum":
                if (!argument!.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)))
                    found.Add(new(field, $"is {Shown(value)}, but must be one of {string.Join(", ", argument.AsArray().Select(Shown))}"));
                break;
            case "const":
                if (!JsonNode.DeepEquals(argument, value))
                    found.Add(new(field, $"is {Shown(value)}, but must be {Shown(argument)}"));
                break;
            case "allOf":
                foreach (var part in argument!.AsArray())
                    Check(part, value, field, found);
                break;
            case "anyOf": CheckAny(argument!.AsArray(), value, field, found); break;
            case "oneOf":
                var fitting = argument!.AsArray().Count(part => Passes(part, value, field));
                if (fitting == 0)
                    CheckAny(argument.AsArray(), value, field, found);
                else if (fitting > 1)
                    found.Add(new(field, $"fits {fitting} of the alternatives, but must fit exactly one"));
                break;
            case "not":
                if (Passes(argument, value, field))
                    found.Add(new(field, Reason(argument) ?? "has a value that is excluded here"));
                break;
            case "properties" or "patternProperties" or "additionalProperties" or "required" or "propertyNames" or "minProperties" or "maxProperties" or "dependentRequired" or "dependencies":
                if (value is JsonObject members)
                    CheckObject(rules, keyword, argument!, members, field, found);
                break;
            case "items" or "minItems" or "maxItems" or "uniqueItems" or "contains":
                if (value is JsonArray items)
                    CheckArray(keyword, argument!, items, field, found);
                break;
            case "pattern" or "minLength" or "maxLength":
                if (value is JsonValue text && text.TryGetValue(out string? characters))
                    CheckText(keyword, argument!, characters, field, found);
                break;
            case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf":
                if (Number(value) is { } number)
                    CheckNumber(keyword, Number(argument)!.Value, number, field, found);
                break;
            default:
                if (!s_annotations.Contains(keyword) && !keyword.StartsWith("x-", StringComparison.Ordinal))
                    throw NotUnderstood($"the keyword '{keyword}'", field);
                break;
        }
    }

    private static void CheckType(JsonNode types, JsonNode? value, string field, List<Violation> found)
    {
        string[] allowed = types is JsonArray several ? [.. several.Select(t => t!.GetValue<string>())] : [types.GetValue<string>()];
        var actual = TypeOf(value);
        if (!allowed.Contains(actual) && !(actual == "integer" && allowed.Contains("number")))
            found.Add(new(field, $"is {Article(actual)}, but must be {string.Join(" or ", allowed.Select(Article))}"));
    }

    private void CheckAny(JsonArray alternatives, JsonNode? value, string field, List<Violation> found)
    {
        List<List<Violation>> attempts = [];
        foreach (var alternative in alternatives)
        {
            List<Violation> attempt = [];
            Check(alternative, value, field, attempt);
            if (attempt.Count == 0)
                return;
            attempts.Add(attempt);
        }
        // The alternative that came closest says most about what was meant.
        found.AddRange(attempts.MinBy(a => a.Count)!);
    }

    private void CheckObject(JsonObject rules, string keyword, JsonNode argument, JsonObject value, string field, List<Violation> found)
    {
        switch (keyword)
        {
            case "properties":
                foreach (var (name, schema) in argument.AsObject())
                    if (value.TryGetPropertyValue(name, out var member))
                        Check(schema, member, Join(field, name), found);
                break;
            case "patternProperties":
                foreach (var (pattern, schema) in argument.AsObject())
                    foreach (var (name, member) in value.Where(m => Matches(pattern, m.Key)))
                        Check(schema, member, Join(field, name), found);
                break;
            case "additionalProperties":
                var named = rules["properties"] as JsonObject;
                var patterns = rules["patternProperties"] as JsonObject;
                foreach (var (name, member) in value)
                {
                    if (named?.ContainsKey(name) == true || patterns?.Any(p => Matches(p.Key, name)) == true)
                        continue;
                    if (argument is JsonValue flag && flag.TryGetValue(out bool allowed) && !allowed)
                        found.Add(new(Join(field, name), $"is unknown; known here: {(named is null ? "nothing" : string.Join(", ", named.Select(p => p.Key)))}"));
                    else
                        Check(argument, member, Join(field, name), found);
                }
                break;
            case "required":
                foreach (var name in argument.AsArray().Select(n => n!.GetValue<string>()).Where(n => !value.ContainsKey(n)))
                    found.Add(new(Join(field, name), "is required"));
                break;
            // Draft 7 has both kinds of dependency under one name.
            case "dependencies" when argument.AsObject().Any(d => d.Value is not JsonArray):
                foreach (var (name, schema) in argument.AsObject().Where(d => d.Value is not JsonArray && value.ContainsKey(d.Key)))
                    Check(schema, value, field, found);
                CheckObject(rules, "dependentRequired", new JsonObject(argument.AsObject().Where(d => d.Value is JsonArray).Select(d => KeyValuePair.Create(d.Key, d.Value?.DeepClone()))), value, field, found);
                break;
            case "dependentRequired" or "dependencies":
                foreach (var (name, needed) in argument.AsObject().Where(d => value.ContainsKey(d.Key)))
                    foreach (var missing in needed!.AsArray().Select(n => n!.GetValue<string>()).Where(n => !value.ContainsKey(n)))
                        found.Add(new(Join(field, missing), $"is required when {name} is given"));
                break;
            case "propertyNames":
                foreach (var name in value.Select(m => m.Key))
                    Check(argument, JsonValue.Create(name), Join(field, name), found);
                break;
            case "minProperties" when value.Count < argument.GetValue<int>():
                found.Add(new(field, $"has {value.Count} entries, but must have at least {argument}"));
                break;
            case "maxProperties" when value.Count > argument.GetValue<int>():
                found.Add(new(field, $"has {value.Count} entries, but must have at most {argument}"));
                break;
        }
    }

    private void CheckArray(string keyword, JsonNode argument, JsonArray value, string field, List<Violation> found)
    {
        switch (keyword)
        {
            case "items":
                for (var i = 0; i < value.Count; i++)
                    Check(argument, value[i], $"{field}[{i}]", found);
                break;
            case "minItems" when value.Count < argument.GetValue<int>():
                found.Add(new(field, $"has {value.Count} items, but must have at least {argument}"));
                break;
            case "maxItems" when value.Count > argument.GetValue<int>():
                found.Add(new(field, $"has {value.Count} items, but must have at most {argument}"));
                break;
            case "uniqueItems" when argument.GetValue<bool>() && value.Select(v => v?.ToJsonString()).Distinct().Count() < value.Count:
                found.Add(new(field, "holds an item twice"));
                break;
            case "contains" when !value.Any(item => Passes(argument, item, field)):
                found.Add(new(field, "lacks an item that it must contain"));
                break;
        }
    }

    private static void CheckText(string keyword, JsonNode argument, string value, string field, List<Violation> found)
    {
        var length = new StringInfo(value).LengthInTextElements;
        switch (keyword)
        {
            case "pattern" when !Matches(argument.GetValue<string>(), value):
                found.Add(new(field, value.Length == 0 ? "is empty, but is required" : $"is {Shown(value)}, but must match {argument}"));
                break;
            case "minLength" when length < argument.GetValue<int>():
                found.Add(new(field, value.Length == 0 ? "is empty, but is required" : $"is shorter than {argument} characters"));
                break;
            case "maxLength" when length > argument.GetValue<int>():
                found.Add(new(field, $"is longer than {argument} characters"));
                break;
        }
    }

    private static void CheckNumber(string keyword, decimal limit, decimal value, string field, List<Violation> found)
    {
        var broken = keyword switch
        {
            "minimum" when value < limit => $"at least {limit}",
            "maximum" when value > limit => $"at most {limit}",
            "exclusiveMinimum" when value <= limit => $"more than {limit}",
            "exclusiveMaximum" when value >= limit => $"less than {limit}",
            "multipleOf" when value % limit != 0 => $"a multiple of {limit}",
            _ => null,
        };
        if (broken is not null)
            found.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"is {value}, but must be {broken}")));
    }

    private bool Passes(JsonNode? schema, JsonNode? value, string field)
    {
        List<Violation> attempt = [];
        Check(schema, value, field, attempt);
        return attempt.Count == 0;
    }

    private JsonNode Resolve(string reference)
    {
        if (!reference.StartsWith('#'))
            throw NotUnderstood($"the reference '{reference}', which leaves the document", "");
        JsonNode? node = _root;
        foreach (var step in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = node?[step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)];
        return node ?? throw NotUnderstood($"the reference '{reference}', which points at nothing", "");
    }

    private DistributedApplicationException NotUnderstood(string what, string field) =>
        new($"The JSON Schema {_name} uses {what}{(field.Length > 0 ? $" at {field}" : "")}, which Floe's validator does not understand; write the rule otherwise.");

    private static string? Reason(JsonNode? schema) => (schema as JsonObject)?["description"]?.GetValue<string>();

    // Go's and ECMAScript's anchors mean the text's end, .NET's $ also the last line break's front.
    private static bool Matches(string pattern, string text) =>
        Regex.IsMatch(text, pattern.EndsWith('$') && !pattern.EndsWith("\\$", StringComparison.Ordinal) ? $"{pattern[..^1]}\\z" : pattern, RegexOptions.CultureInvariant, s_patternTimeout);

    private static string Join(string field, string name) => field.Length == 0 ? name : $"{field}.{name}";

    private static decimal? Number(JsonNode? value) =>
        value is JsonValue number && number.GetValueKind() == System.Text.Json.JsonValueKind.Number && decimal.TryParse(number.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;

    private static string TypeOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => "string",
            System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "boolean",
            System.Text.Json.JsonValueKind.Null => "null",
            _ => Number(value) is { } number && number % 1 == 0 ? "integer" : "number",
        },
    };

    private static string Article(string type) => type switch { "null" => "nothing", "object" or "array" or "integer" => $"an {type}", _ => $"a {type}" };

    // Long or composite values would bury the sentence.
    private static string Shown(JsonNode? value) => value switch
    {
        null => "nothing",
        JsonObject => "an object",
        JsonArray => "an array",
        _ => value.ToJsonString() is { Length: <= 60 } text ? text.Replace('"', '\'') : "a long text",
    };
}
