using System.Text.Json;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Security;

namespace Floe.CubeProxy.Serving;

/// <summary>The answer of <c>/v1/meta</c>: what can be asked for. Hidden cubes and members are left out, and those that the caller's access policies do not show.</summary>
/// <param name="model">The model.</param>
/// <param name="context">Who asks.</param>
/// <param name="onlyViews">Cubes are left out.</param>
/// <param name="isExtended">With the SQL that the model has for each member.</param>
internal sealed class MetaAnswer(SemanticModel model, SecurityContext context, bool onlyViews, bool isExtended)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("cubes");
        foreach (var cube in model.Cubes.Where(cube => cube.IsPublic && (cube.IsView || !onlyViews) && cube.Members.Any(IsShown))) WriteCube(json, cube);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteCube(Utf8JsonWriter json, Cube cube)
    {
        json.WriteStartObject();
        json.WriteString("name", cube.Name);
        json.WriteString("type", cube.IsView ? "view" : "cube");
        json.WriteString("title", cube.Title);
        WriteVisible(json);
        if (cube.Description is not null) json.WriteString("description", cube.Description);
        if (model.Joins.ComponentOf(cube) is { } component) json.WriteNumber("connectedComponent", component);
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
        foreach (var segment in cube.Segments.Where(IsShown)) WriteSegment(json, segment);
        json.WriteEndArray();
        WriteHierarchies(json, cube);
        WriteFolders(json, cube);
        if (isExtended) ExtendedMeta.Write(json, cube);
        json.WriteEndObject();
    }

    private bool IsShown(Member member) => member.IsPublic && AccessRules.MaySee(member, context);

    private void WriteMeasure(Utf8JsonWriter json, Measure measure)
    {
        json.WriteStartObject();
        WriteNames(json, measure);
        WriteFormat(json, measure);
        json.WriteBoolean("cumulativeTotal", measure.IsCumulative);
        json.WriteBoolean("cumulative", measure.IsCumulative);
        json.WriteString("type", measure.ApiType);
        json.WriteString("aggType", measure.AggregationName);
        Annotation.WriteDrillMembers(json, measure);
        if (measure.Sql?.SingleMember is { } alias) json.WriteString("aliasMember", alias.FullName);
        WriteVisible(json);
        if (isExtended) ExtendedMeta.Write(json, measure);
        json.WriteEndObject();
    }

    private void WriteDimension(Utf8JsonWriter json, Dimension dimension)
    {
        json.WriteStartObject();
        WriteNames(json, dimension);
        json.WriteString("type", dimension.ApiType);
        json.WriteBoolean("suggestFilterValues", dimension.SuggestFilterValues);
        WriteFormat(json, dimension);
        if (dimension is { IsSubQuery: false, Type: not DimensionType.Geo, Sql.SingleMember: { } alias }) json.WriteString("aliasMember", alias.FullName);
        Annotation.WriteGranularities(json, dimension);
        if (dimension.ValueOrder is not null) json.WriteString("order", dimension.ValueOrder);
        WriteVisible(json);
        json.WriteBoolean("primaryKey", dimension.IsPrimaryKey);
        if (isExtended) ExtendedMeta.Write(json, dimension);
        json.WriteEndObject();
    }

    private void WriteSegment(Utf8JsonWriter json, Segment segment)
    {
        json.WriteStartObject();
        WriteNames(json, segment);
        WriteVisible(json);
        if (isExtended) ExtendedMeta.Write(json, segment);
        json.WriteEndObject();
    }

    private void WriteHierarchies(Utf8JsonWriter json, Cube cube)
    {
        json.WriteStartArray("hierarchies");
        foreach (var hierarchy in cube.Hierarchies)
        {
            var levels = hierarchy.Levels.Where(IsShown).ToList();
            if (levels.Count == 0) continue;
            json.WriteStartObject();
            json.WriteString("name", $"{cube.Name}.{hierarchy.Name}");
            if (hierarchy.Title is not null) json.WriteString("title", hierarchy.Title);
            json.WriteBoolean("public", hierarchy.IsPublic);
            json.WriteStartArray("levels");
            foreach (var level in levels) json.WriteStringValue(level.FullName);
            json.WriteEndArray();
            if (hierarchy.Original is not null) json.WriteString("aliasMember", hierarchy.Original);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    // Once flat, once as they are.
    private void WriteFolders(Utf8JsonWriter json, Cube cube)
    {
        json.WriteStartArray("folders");
        foreach (var folder in cube.Folders)
        {
            json.WriteStartObject();
            json.WriteString("name", folder.Name);
            json.WriteStartArray("members");
            foreach (var member in folder.Entries.SelectMany(entry => entry.Members).Where(IsShown).Distinct()) json.WriteStringValue(member.FullName);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("nestedFolders");
        foreach (var folder in cube.Folders) WriteFolder(json, folder);
        json.WriteEndArray();
    }

    private void WriteFolder(Utf8JsonWriter json, Folder folder)
    {
        json.WriteStartObject();
        json.WriteString("name", folder.Name);
        json.WriteStartArray("members");
        foreach (var entry in folder.Entries)
        {
            if (entry.Folder is { } inner) WriteFolder(json, inner);
            else if (IsShown(entry.Member!)) json.WriteStringValue(entry.Member!.FullName);
        }
        json.WriteEndArray();
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
        Annotation.WriteFormat(json, member);
        if (member.Currency is not null) json.WriteString("currency", member.Currency);
        if (member.ApiType != "number") return;
        var (name, specifier) = MemberFormat.Describe(member.Format);
        json.WriteStartObject("formatDescription");
        json.WriteString("name", name);
        json.WriteString("specifier", specifier);
        if (member.Currency is not null) json.WriteString("currency", member.Currency);
        json.WriteEndObject();
    }

    private static void WriteVisible(Utf8JsonWriter json)
    {
        json.WriteBoolean("isVisible", true);
        json.WriteBoolean("public", true);
    }
}
