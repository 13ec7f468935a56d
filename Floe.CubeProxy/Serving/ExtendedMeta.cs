using System.Text.Json;
using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Serving;

/// <summary>What <c>/v1/meta?extended</c> says beside the plain answer: how the model defines what it shows. SQL is given as Cube gives it, as a JavaScript template.</summary>
internal static class ExtendedMeta
{
    public static void Write(Utf8JsonWriter json, Cube cube)
    {
        if (cube.Extends is not null) json.WriteString("extends", cube.Extends);
        WriteSql(json, "sql", cube.Sql);
        json.WriteString("fileName", cube.Place.File);
        if (cube.RefreshKey is not null)
        {
            json.WritePropertyName("refreshKey");
            cube.RefreshKey.WriteTo(json);
        }
        json.WriteStartArray("joins");
        foreach (var join in cube.Joins)
        {
            json.WriteStartObject();
            json.WriteString("name", join.TargetName);
            json.WriteString("relationship", join.Relationship switch { Relationship.ManyToOne => "belongsTo", Relationship.OneToMany => "hasMany", _ => "hasOne" });
            WriteSql(json, "sql", join.On);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("preAggregations");
        foreach (var rollup in cube.Rollups)
        {
            json.WriteStartObject();
            json.WriteString("name", rollup.Name);
            json.WriteString("type", "rollup");
            WriteReferences(json, "measureReferences", rollup.MeasureNames);
            WriteReferences(json, "dimensionReferences", rollup.DimensionNames);
            if (rollup.TimeName is not null) json.WriteString("timeDimensionReference", rollup.TimeName);
            if (rollup.Granularity is not null) json.WriteString("granularity", rollup.Granularity);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, Measure measure)
    {
        if (measure.Cube.IsView) return;
        WriteSql(json, "sql", measure.Sql);
        if (measure.Filters.Count == 0) return;
        json.WriteStartArray("filters");
        foreach (var filter in measure.Filters)
        {
            json.WriteStartObject();
            WriteSql(json, "sql", filter);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, Dimension dimension)
    {
        if (dimension.Cube.IsView) return;
        if (dimension.Case is { } cases)
        {
            json.WritePropertyName("case");
            cases.WriteTo(json);
        }
        else if (dimension.Type != DimensionType.Geo)
        {
            WriteSql(json, "sql", dimension.Sql);
        }
    }

    public static void Write(Utf8JsonWriter json, Segment segment)
    {
        if (!segment.Cube.IsView) WriteSql(json, "sql", segment.Sql);
    }

    private static void WriteSql(Utf8JsonWriter json, string key, SqlTemplate? sql)
    {
        if (sql is not null) json.WriteString(key, sql.JavaScript);
    }

    private static void WriteReferences(Utf8JsonWriter json, string key, IReadOnlyList<string> names)
    {
        if (names.Count > 0) json.WriteString(key, $"[{string.Join(", ", names)}]");
    }
}
