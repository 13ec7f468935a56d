using System.Text.Json;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Security;

namespace Floe.CubeProxy.Serving;

/// <summary>The answer of <c>/v1/meta</c>: what can be asked for. Hidden cubes and members are left out, and those that the caller's access policies do not show.</summary>
internal static class MetaAnswer
{
    public static void Write(Utf8JsonWriter json, SemanticModel model, SecurityContext context)
    {
        json.WriteStartObject();
        json.WriteStartArray("cubes");
        foreach (var cube in model.Cubes.Where(cube => cube.IsPublic && AccessRules.MaySee(cube, context))) WriteCube(json, model, cube, context);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCube(Utf8JsonWriter json, SemanticModel model, Cube cube, SecurityContext context)
    {
        bool IsShown(Member member) => member.IsPublic && AccessRules.MaySee(member, context);
        json.WriteStartObject();
        json.WriteString("name", cube.Name);
        json.WriteString("type", cube.IsView ? "view" : "cube");
        json.WriteString("title", cube.Title);
        WriteVisible(json);
        if (cube.Description is not null) json.WriteString("description", cube.Description);
        json.WriteNumber("connectedComponent", model.Joins.ComponentOf(cube));
        if (cube.Meta is not null)
        {
            json.WritePropertyName("meta");
            cube.Meta.WriteTo(json);
        }
        json.WriteStartArray("measures");
        foreach (var measure in cube.Measures.Where(IsShown)) WriteMeasure(json, measure);
        json.WriteEndArray();
        json.WriteStartArray("dimensions");
        foreach (var dimension in cube.Dimensions.Where(IsShown)) WriteDimension(json, dimension);
        json.WriteEndArray();
        json.WriteStartArray("segments");
        foreach (var segment in cube.Segments.Where(IsShown))
        {
            json.WriteStartObject();
            WriteNames(json, segment);
            WriteVisible(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteEmpty(json, "hierarchies");
        WriteEmpty(json, "folders");
        WriteEmpty(json, "nestedFolders");
        json.WriteEndObject();
    }

    private static void WriteMeasure(Utf8JsonWriter json, Measure measure)
    {
        json.WriteStartObject();
        WriteNames(json, measure);
        WriteFormat(json, measure);
        json.WriteBoolean("cumulativeTotal", measure.Window is not null);
        json.WriteBoolean("cumulative", measure.Window is not null);
        json.WriteString("type", measure.ApiType);
        json.WriteString("aggType", measure.AggregationName);
        Annotation.WriteDrillMembers(json, measure);
        if (measure.Sql?.SingleMember is { } alias) json.WriteString("aliasMember", alias.FullName);
        WriteVisible(json);
        json.WriteEndObject();
    }

    private static void WriteDimension(Utf8JsonWriter json, Dimension dimension)
    {
        json.WriteStartObject();
        WriteNames(json, dimension);
        json.WriteString("type", dimension.ApiType);
        json.WriteBoolean("suggestFilterValues", dimension.SuggestFilterValues);
        WriteFormat(json, dimension);
        if (dimension.Sql.SingleMember is { } alias) json.WriteString("aliasMember", alias.FullName);
        WriteVisible(json);
        json.WriteBoolean("primaryKey", dimension.IsPrimaryKey);
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, Member member)
    {
        json.WriteString("name", member.FullName);
        json.WriteString("title", member.Title);
        json.WriteString("shortTitle", member.ShortTitle);
        if (member.Description is not null) json.WriteString("description", member.Description);
        if (member.Meta is null) return;
        json.WritePropertyName("meta");
        member.Meta.WriteTo(json);
    }

    private static void WriteFormat(Utf8JsonWriter json, Member member)
    {
        if (member.Format is not null) json.WriteString("format", member.Format);
        if (member.ApiType != "number") return;
        var (name, specifier) = member.Format switch
        {
            "currency" => ("currency", "$,.2~f"),
            "percent" => ("percent", ".2~%"),
            _ => ("number", ",.2~f"),
        };
        json.WriteStartObject("formatDescription");
        json.WriteString("name", name);
        json.WriteString("specifier", specifier);
        json.WriteEndObject();
    }

    private static void WriteVisible(Utf8JsonWriter json)
    {
        json.WriteBoolean("isVisible", true);
        json.WriteBoolean("public", true);
    }

    private static void WriteEmpty(Utf8JsonWriter json, string key)
    {
        json.WriteStartArray(key);
        json.WriteEndArray();
    }
}
