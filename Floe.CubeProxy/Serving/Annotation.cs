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
        foreach (var dimension in members.Dimensions) WriteMember(json, dimension.FullName, dimension);
        json.WriteEndObject();
        json.WriteStartObject("segments");
        foreach (var segment in members.Segments) WriteMember(json, segment.FullName, segment);
        json.WriteEndObject();
        json.WriteStartObject("timeDimensions");
        var written = new HashSet<string>();
        foreach (var time in members.Times.Where(time => time.Granularity is not null))
        {
            if (written.Add(time.Key)) WriteMember(json, time.Key, time.Dimension, time.Granularity);
            if (written.Add(time.Dimension.FullName)) WriteMember(json, time.Dimension.FullName, time.Dimension);
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

    private static void WriteMember(Utf8JsonWriter json, string key, Member member, string? granularity = null)
    {
        json.WriteStartObject(key);
        json.WriteString("title", member.Title);
        json.WriteString("shortTitle", member.ShortTitle);
        if (member.Description is not null) json.WriteString("description", member.Description);
        if (member is not Segment) json.WriteString("type", member.ApiType);
        if (member.Format is not null) json.WriteString("format", member.Format);
        if (member.Meta is not null)
        {
            json.WritePropertyName("meta");
            member.Meta.WriteTo(json);
        }
        if (member is Measure measure) WriteDrillMembers(json, measure);
        if (granularity is not null)
        {
            json.WriteStartObject("granularity");
            json.WriteString("name", granularity);
            json.WriteString("title", granularity);
            json.WriteString("interval", $"1 {granularity}");
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string key, IEnumerable<string> texts)
    {
        json.WriteStartArray(key);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
