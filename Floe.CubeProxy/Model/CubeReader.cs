using System.Text.RegularExpressions;
using Floe.CubeProxy.Planning;
using YamlDotNet.RepresentationModel;

namespace Floe.CubeProxy.Model;

/// <summary>Reads cubes from their YAML. Unknown and unsupported constructs are refused with their line.</summary>
/// <param name="sources">All cubes of the model by name: where <c>extends</c> looks.</param>
internal sealed partial class CubeReader(IReadOnlyDictionary<string, (string File, YamlNode Node)> sources, ICollection<string> notices)
{
    private static readonly string[] _lists = ["joins", "dimensions", "measures", "segments", "pre_aggregations", "access_policy"];

    public Cube Read(string file, YamlNode node)
    {
        var section = Open(file, node, []);
        var name = ReadName(section, "a cube");
        section.Refuse("hierarchies", "folders", "sql_alias", "context_members", "rewrite_queries", "calendar");
        if (section.Text("data_source") is { } source && source != "default")
            throw new ModelException(section.Place, $"Cube '{name}' asks for data source '{source}'; Floe's engine has only 'default'.");
        Ignore(section, "refresh_key", $"cube '{name}': data is refreshed by lakehouse snapshot instead");

        var tablePlace = section.PlaceOfKey("sql_table");
        var tableText = section.Text("sql_table");
        var sql = section.Sql("sql");
        if (tableText is null == sql is null)
            throw new ModelException(section.Place, $"Cube '{name}' needs either 'sql_table' or 'sql'.");
        TableName? table = null;
        if (tableText is not null)
            table = TableName.TryParse(tableText, out var parsed) ? parsed : throw new ModelException(tablePlace, $"sql_table '{tableText}' is not a table name; write name or schema.name.");

        var cube = new Cube
        {
            Name = name,
            Title = section.Text("title") ?? Titles.Of(name),
            Description = section.Text("description"),
            Meta = section.Json("meta"),
            IsPublic = ReadPublic(section),
            Place = section.Place,
            Table = table,
            Sql = sql,
        };
        foreach (var entry in section.Sections("joins", $"a join of '{name}'")) cube.Joins.Add(ReadJoin(entry, cube));
        foreach (var entry in section.Sections("dimensions", $"a dimension of '{name}'")) cube.Add(ReadDimension(entry, cube));
        foreach (var entry in section.Sections("measures", $"a measure of '{name}'")) cube.Add(ReadMeasure(entry, cube));
        foreach (var entry in section.Sections("segments", $"a segment of '{name}'")) cube.Add(ReadSegment(entry, cube));
        foreach (var entry in section.Sections("pre_aggregations", $"a pre-aggregation of '{name}'")) ReadRollup(entry, cube);
        PolicyReader.ReadAll(section, cube);
        section.Finish();
        return cube;
    }

    // A cube with everything that it extends; the chain may be longer than one.
    private YamlSection Open(string file, YamlNode node, List<string> children)
    {
        var section = new YamlSection(file, node, "a cube");
        var place = section.PlaceOfKey("extends");
        if (section.Text("extends") is not { } written) return section;
        var parent = written.Trim('{', '}', ' ');
        var name = section.PeekText("name") ?? "";
        children.Add(name);
        if (children.Contains(parent)) throw new ModelException(place, $"Cube '{name}' extends itself: {string.Join(" -> ", children.Append(parent))}.");
        if (!sources.TryGetValue(parent, out var source)) throw new ModelException(place, $"Cube '{name}' extends '{parent}', which does not exist.");
        var inherited = Open(source.File, source.Node, children);
        inherited.Take("name");
        // A table or a query: the child's own replaces either.
        if (section.Has("sql_table") || section.Has("sql"))
        {
            inherited.Take("sql_table");
            inherited.Take("sql");
        }
        section.Inherit(inherited, _lists);
        return section;
    }

    private static Join ReadJoin(YamlSection section, Cube cube)
    {
        var target = ReadName(section, "a join");
        var relationshipPlace = section.PlaceOfKey("relationship");
        var relationship = section.RequiredText("relationship") switch
        {
            "many_to_one" or "belongs_to" or "manyToOne" or "belongsTo" => Relationship.ManyToOne,
            "one_to_many" or "has_many" or "oneToMany" or "hasMany" => Relationship.OneToMany,
            "one_to_one" or "has_one" or "oneToOne" or "hasOne" => Relationship.OneToOne,
            var other => throw new ModelException(relationshipPlace, $"Relationship '{other}' is not known; use many_to_one, one_to_many or one_to_one."),
        };
        var on = section.Sql("sql") ?? throw new ModelException(section.Place, $"The join {cube.Name} -> {target} has no 'sql'.");
        section.Finish();
        return new Join { From = cube, TargetName = target, Relationship = relationship, On = on, Place = section.Place };
    }

    private static Dimension ReadDimension(YamlSection section, Cube cube)
    {
        var name = ReadName(section, $"a dimension of '{cube.Name}'");
        section.Refuse("sub_query", "propagate_filters_to_sub_query", "granularities", "latitude", "longitude", "multi_stage", "time_shift", "add_group_by", "values", "order", "mask", "links", "key");
        var typePlace = section.PlaceOfKey("type");
        var type = section.RequiredText("type") switch
        {
            "string" => DimensionType.String,
            "number" => DimensionType.Number,
            "time" => DimensionType.Time,
            "boolean" => DimensionType.Boolean,
            var other => throw new ModelException(typePlace, $"Type '{other}' of dimension '{cube.Name}.{name}' is not supported; use string, number, time or boolean."),
        };
        var isPrimaryKey = section.Flag("primary_key", false);
        var dimension = new Dimension
        {
            Cube = cube,
            Name = name,
            Type = type,
            Sql = ReadCase(section, cube, name) ?? section.Sql("sql") ?? throw new ModelException(section.Place, $"Dimension '{cube.Name}.{name}' has no 'sql'."),
            IsPrimaryKey = isPrimaryKey,
            SuggestFilterValues = section.Flag("suggest_filter_values", true),
            Title = ReadTitle(section, cube, name, out var shortTitle),
            ShortTitle = shortTitle,
            Description = section.Text("description"),
            Format = section.Text("format"),
            Meta = section.Json("meta"),
            // Cube hides keys unless they are made public.
            IsPublic = ReadPublic(section, otherwise: !isPrimaryKey),
            Place = section.Place,
        };
        section.Finish();
        return dimension;
    }

    private static SqlTemplate? ReadCase(YamlSection section, Cube cube, string name)
    {
        if (section.Section("case", $"the case of '{cube.Name}.{name}'") is not { } cases) return null;
        var parts = new List<SqlTemplate>();
        foreach (var when in cases.Sections("when", $"a when of '{cube.Name}.{name}'"))
        {
            var condition = when.Sql("sql") ?? throw new ModelException(when.Place, $"A 'when' of '{cube.Name}.{name}' has no 'sql'.");
            parts.AddRange([SqlTemplate.Literal(parts.Count == 0 ? "CASE WHEN (" : " WHEN (", when.Place), condition, SqlTemplate.Literal(") THEN ", when.Place), ReadLabel(when, cube, name)]);
            when.Finish();
        }
        if (parts.Count == 0) throw new ModelException(cases.Place, $"The case of '{cube.Name}.{name}' has no 'when'.");
        if (cases.Section("else", $"the else of '{cube.Name}.{name}'") is { } otherwise)
        {
            parts.AddRange([SqlTemplate.Literal(" ELSE ", otherwise.Place), ReadLabel(otherwise, cube, name)]);
            otherwise.Finish();
        }
        parts.Add(SqlTemplate.Literal(" END", cases.Place));
        cases.Finish();
        return SqlTemplate.Concat(parts);
    }

    private static SqlTemplate ReadLabel(YamlSection section, Cube cube, string name)
    {
        var place = section.PlaceOfKey("label");
        if (section.PeekText("label") is not null) return SqlTemplate.Literal($"'{section.Text("label")!.Replace("'", "''")}'", place);
        var label = section.Section("label", $"a label of '{cube.Name}.{name}'") ?? throw new ModelException(section.Place, $"A case of '{cube.Name}.{name}' has no 'label'.");
        var sql = label.Sql("sql") ?? throw new ModelException(label.Place, $"A label of '{cube.Name}.{name}' is a text, or has 'sql'.");
        label.Finish();
        return sql;
    }

    private static RollingWindow? ReadWindow(YamlSection section, Cube cube, string name)
    {
        if (section.Section("rolling_window", $"the rolling_window of '{cube.Name}.{name}'") is not { } window) return null;
        var typePlace = window.PlaceOfKey("type");
        var type = window.Text("type") ?? "fixed";
        RollingWindow result;
        if (type == "to_date")
        {
            var place = window.PlaceOfKey("granularity");
            var granularity = window.RequiredText("granularity");
            if (!Granularities.IsKnown(granularity)) throw new ModelException(place, $"Granularity '{granularity}' of '{cube.Name}.{name}' is not known; use day, week, month, quarter or year.");
            result = new RollingWindow(null, null, false, granularity);
        }
        else if (type == "fixed")
        {
            var trailing = ReadInterval(window, "trailing", cube, name);
            var leading = ReadInterval(window, "leading", cube, name);
            var offsetPlace = window.PlaceOfKey("offset");
            var offset = window.Text("offset") ?? "end";
            if (offset is not ("start" or "end")) throw new ModelException(offsetPlace, $"The offset '{offset}' of '{cube.Name}.{name}' must be start or end.");
            result = new RollingWindow(trailing, leading, offset == "start", null);
        }
        else
        {
            throw new ModelException(typePlace, $"The rolling_window type '{type}' of '{cube.Name}.{name}' is not supported; use fixed or to_date.");
        }
        window.Finish();
        return result;
    }

    private static string? ReadInterval(YamlSection window, string key, Cube cube, string name)
    {
        var place = window.PlaceOfKey(key);
        if (window.Text(key) is not { } text) return null;
        return text == RollingWindow.Unbounded || Interval().IsMatch(text)
            ? text
            : throw new ModelException(place, $"{key} '{text}' of '{cube.Name}.{name}' must be unbounded or an interval such as 7 day.");
    }

    [GeneratedRegex(@"^\d{1,6} (second|minute|hour|day|week|month|quarter|year)s?\z")]
    private static partial Regex Interval();

    private void ReadRollup(YamlSection section, Cube cube)
    {
        var name = ReadName(section, $"a pre-aggregation of '{cube.Name}'");
        var type = section.Text("type") ?? "rollup";
        if (type != "rollup")
        {
            notices.Add($"{section.Place}: pre-aggregation '{cube.Name}.{name}' is of type {type}, which Floe's engine does not build; queries read the tables.");
            return;
        }
        // How and when Cube refreshes and stores it; here that is done with every snapshot.
        foreach (var key in (string[])["partition_granularity", "refresh_key", "external", "scheduled_refresh", "indexes", "build_range_start", "build_range_end", "allow_non_strict_date_range_match"]) section.Take(key);
        section.Refuse("time_dimensions", "rollups", "union_with_source_data", "stream_offset", "unique_key_columns", "output_column_types");
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

    private static Measure ReadMeasure(YamlSection section, Cube cube)
    {
        var name = ReadName(section, $"a measure of '{cube.Name}'");
        section.Refuse("multi_stage", "time_shift", "group_by", "reduce_by", "add_group_by", "order_by", "case", "grain", "mask", "filter", "links");
        var typePlace = section.PlaceOfKey("type");
        var type = section.RequiredText("type") switch
        {
            "count" => MeasureType.Count,
            "count_distinct" or "countDistinct" => MeasureType.CountDistinct,
            "count_distinct_approx" or "countDistinctApprox" => MeasureType.CountDistinctApprox,
            "sum" => MeasureType.Sum,
            "avg" => MeasureType.Avg,
            "min" => MeasureType.Min,
            "max" => MeasureType.Max,
            "number" => MeasureType.Number,
            "string" => MeasureType.String,
            "time" => MeasureType.Time,
            "boolean" => MeasureType.Boolean,
            var other => throw new ModelException(typePlace, $"Type '{other}' of measure '{cube.Name}.{name}' is not supported; use count, count_distinct, count_distinct_approx, sum, avg, min, max or number."),
        };
        var sql = section.Sql("sql");
        if (sql is null && type != MeasureType.Count)
            throw new ModelException(section.Place, $"Measure '{cube.Name}.{name}' has no 'sql'; only a count can do without.");
        var filters = section.Sections("filters", $"a filter of '{cube.Name}.{name}'").Select(filter =>
        {
            var condition = filter.Sql("sql") ?? throw new ModelException(filter.Place, "A measure's filter needs 'sql'.");
            filter.Finish();
            return condition;
        }).ToList();
        if (filters.Count > 0 && type >= MeasureType.Number)
            throw new ModelException(section.Place, $"Measure '{cube.Name}.{name}' is computed from other measures; put 'filters' on those.");
        var window = ReadWindow(section, cube, name);
        if (window is not null && type >= MeasureType.Number)
            throw new ModelException(section.Place, $"Measure '{cube.Name}.{name}' is computed from other measures; put 'rolling_window' on those.");
        var measure = new Measure
        {
            Window = window,
            Cube = cube,
            Name = name,
            Type = type,
            Sql = sql,
            Filters = filters,
            DrillMembers = section.Texts("drill_members"),
            Title = ReadTitle(section, cube, name, out var shortTitle),
            ShortTitle = shortTitle,
            Description = section.Text("description"),
            Format = section.Text("format"),
            Meta = section.Json("meta"),
            IsPublic = ReadPublic(section),
            Place = section.Place,
        };
        section.Finish();
        return measure;
    }

    private static Segment ReadSegment(YamlSection section, Cube cube)
    {
        var name = ReadName(section, $"a segment of '{cube.Name}'");
        var segment = new Segment
        {
            Cube = cube,
            Name = name,
            Sql = section.Sql("sql") ?? throw new ModelException(section.Place, $"Segment '{cube.Name}.{name}' has no 'sql'."),
            Title = ReadTitle(section, cube, name, out var shortTitle),
            ShortTitle = shortTitle,
            Description = section.Text("description"),
            Meta = section.Json("meta"),
            IsPublic = ReadPublic(section),
            Place = section.Place,
        };
        section.Finish();
        return segment;
    }

    internal static string ReadName(YamlSection section, string what)
    {
        var place = section.PlaceOfKey("name");
        var name = section.RequiredText("name");
        return SqlTemplate.IsIdentifier(name)
            ? name
            : throw new ModelException(place, $"The name '{name}' of {what} may have letters, digits and '_' only and must not start with a digit.");
    }

    private static string ReadTitle(YamlSection section, Cube cube, string name, out string shortTitle)
    {
        var title = section.Text("title");
        shortTitle = title ?? Titles.Of(name);
        return $"{cube.Title} {shortTitle}";
    }

    internal static bool ReadPublic(YamlSection section, bool otherwise = true)
    {
        // 'shown' is Cube's old word for 'public'.
        var shown = section.Flag("shown", otherwise);
        return section.Flag("public", shown);
    }

    private void Ignore(YamlSection section, string key, string consequence)
    {
        var place = section.PlaceOfKey(key);
        if (section.Take(key) is not null) notices.Add($"{place}: '{key}' is not used by Floe's engine, {consequence}.");
    }
}
