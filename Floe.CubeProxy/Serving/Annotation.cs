using System.Text.Json;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Planning;

namespace Floe.CubeProxy.Serving;

/// <summary>Writes what clients need to title and format a result's columns.</summary>
internal static class Annotation
{
    public static void Write(Utf8JsonWriter json, ResolvedQuery members)
    {
        json.WriteStartObject("annotation");
        json.WriteStartObject("measures");
        foreach (var measure in members.Measures) WriteMember(json, measure.FullName, measure);
        json.WriteEndObject();
        json.WriteStartObject("dimensions");
        foreach (var dimension in members.Dimensions) WriteMember(json, dimension.FullName, dimension, isSelected: true);
        json.WriteEndObject();
        json.WriteStartObject("segments");
        foreach (var segment in members.Segments) WriteMember(json, segment.FullName, segment);
        json.WriteEndObject();
        json.WriteStartObject("timeDimensions");
        var written = new HashSet<string>();
        foreach (var time in members.Times.Where(time => time.Granularity is not null))
        {
            if (written.Add(time.Key)) WriteMember(json, time.Key, time.Dimension, time);
            if (written.Add(time.Dimension.FullName) && !members.Dimensions.Contains(time.Dimension)) WriteMember(json, time.Dimension.FullName, time.Dimension);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteDrillMembers(Utf8JsonWriter json, Measure measure)
    {
        var members = measure.DrillMembers.Select(name => name.Contains('.') ? name : $"{measure.Cube.Name}.{name}").ToList();
        WriteTexts(json, "drillMembers", members);
        json.WriteStartObject("drillMembersGrouped");
        WriteTexts(json, "measures", members.Where(IsMeasure));
        WriteTexts(json, "dimensions", members.Where(member => !IsMeasure(member)));
        json.WriteEndObject();

        bool IsMeasure(string member) => member.StartsWith(measure.Cube.Name + ".", StringComparison.Ordinal) && measure.Cube.Find(member[(measure.Cube.Name.Length + 1)..]) is Measure;
    }

    /// <summary>The model's own granularities.</summary>
    public static void WriteGranularities(Utf8JsonWriter json, Dimension dimension)
    {
        if (dimension.Granularities.Count == 0) return;
        json.WriteStartArray("granularities");
        foreach (var granularity in dimension.Granularities) WriteGranularity(json, granularity);
        json.WriteEndArray();
    }

    public static void WriteFormat(Utf8JsonWriter json, Member member)
    {
        switch (member.Format)
        {
            case null:
                break;
            case { Kind: null, Name: var name }:
                json.WriteString("format", name);
                break;
            case { Kind: { } kind } format:
                json.WriteStartObject("format");
                json.WriteString("type", kind);
                json.WriteString(kind == "link" ? "label" : "value", format.Value);
                if (format.IsNamed) json.WriteString("alias", format.Name);
                json.WriteEndObject();
                break;
        }
    }

    private static void WriteMember(Utf8JsonWriter json, string key, Member member, ResolvedTime? time = null, bool isSelected = false)
    {
        json.WriteStartObject(key);
        json.WriteString("title", member.Title);
        json.WriteString("shortTitle", member.ShortTitle);
        if (member.Description is not null) json.WriteString("description", member.Description);
        if (member is not Segment) json.WriteString("type", member.ApiType);
        WriteFormat(json, member);
        if (member.Currency is not null) json.WriteString("currency", member.Currency);
        if (member.Meta is not null)
        {
            json.WritePropertyName("meta");
            member.Meta.WriteTo(json);
        }
        if (member is Measure measure) WriteDrillMembers(json, measure);
        if (isSelected && member is Dimension dimension) WriteGranularities(json, dimension);
        if (time?.Custom is { } custom)
        {
            json.WritePropertyName("granularity");
            WriteGranularity(json, custom);
        }
        else if (time is not null)
        {
            json.WriteStartObject("granularity");
            json.WriteString("name", time.Granularity);
            json.WriteString("title", time.Granularity);
            json.WriteString("interval", $"1 {time.Granularity}");
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteGranularity(Utf8JsonWriter json, Granularity granularity)
    {
        json.WriteStartObject();
        json.WriteString("name", granularity.Name);
        json.WriteString("title", granularity.Title);
        json.WriteString("interval", granularity.Interval);
        if (granularity.Offset is not null) json.WriteString("offset", granularity.Offset);
        if (granularity.Origin is not null) json.WriteString("origin", granularity.Origin);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string key, IEnumerable<string> texts)
    {
        json.WriteStartArray(key);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
