using Floe.CubeProxy.Planning;

namespace Floe.CubeProxy.Model;

/// <summary>Reads a pre-aggregation. Rollups are built; the others change no answer, and queries read the tables.</summary>
internal static class RollupReader
{
    // How and when Cube refreshes and stores it; here that is done with every snapshot.
    private static readonly string[] _ofRefresh =
    [
        "partition_granularity", "refresh_key", "external", "scheduled_refresh", "indexes", "build_range_start", "build_range_end", "refresh_range_start", "refresh_range_end",
        "allow_non_strict_date_range_match", "sql_alias", "read_only", "stream_offset", "output_column_types", "unique_key_columns", "use_original_sql_pre_aggregations",
    ];

    private static readonly string[] _ofContent = ["measures", "dimensions", "segments", "time_dimension", "time_dimensions", "granularity"];

    public static void Read(YamlSection section, Cube cube, ICollection<string> notices)
    {
        var name = CubeReader.ReadName(section, $"a pre-aggregation of '{cube.Name}'");
        var typePlace = section.PlaceOfKey("type");
        var type = section.Text("type") ?? "rollup";
        foreach (var key in _ofRefresh) section.Take(key);
        string[]? others = type switch
        {
            "rollup" when section.Has("time_dimensions") => _ofContent,
            "rollup" => null,
            "original_sql" or "originalSql" => ["time_dimension"],
            "rollup_join" or "rollupJoin" => [.. _ofContent, "rollups"],
            "rollup_lambda" or "rollupLambda" => [.. _ofContent, "rollups", "union_with_source_data"],
            "auto_rollup" or "autoRollup" => ["max_pre_aggregations"],
            _ => throw new ModelException(typePlace, $"Type '{type}' of pre-aggregation '{cube.Name}.{name}' is not known; use rollup."),
        };
        if (others is not null)
        {
            foreach (var key in others) section.Take(key);
            section.Finish();
            notices.Add($"{section.Place}: pre-aggregation '{cube.Name}.{name}' ({(type == "rollup" ? "several time_dimensions" : type)}) is not built by Floe's engine; queries read the tables.");
            return;
        }
        var granularityPlace = section.PlaceOfKey("granularity");
        var (time, granularity) = (section.Text("time_dimension"), section.Text("granularity"));
        if (time is null != granularity is null) throw new ModelException(section.Place, $"Pre-aggregation '{cube.Name}.{name}' needs time_dimension and granularity together.");
        if (granularity is not null && !Granularities.IsKnown(granularity)) throw new ModelException(granularityPlace, $"Granularity '{granularity}' of '{cube.Name}.{name}' is not known; use hour, day, week, month, quarter or year.");
        var rollup = new Rollup
        {
            Cube = cube,
            Name = name,
            MeasureNames = section.Texts("measures"),
            DimensionNames = section.Texts("dimensions"),
            SegmentNames = section.Texts("segments"),
            TimeName = time,
            Granularity = granularity,
            Place = section.Place,
        };
        section.Finish();
        cube.Rollups.Add(rollup);
    }
}
