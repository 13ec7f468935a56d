using YamlDotNet.RepresentationModel;

namespace Floe.CubeProxy.Model;

/// <summary>Reads one cube from its YAML. Unknown and unsupported constructs are refused with their line.</summary>
internal sealed class CubeReader(string file, ICollection<string> notices)
{
    public Cube Read(YamlNode node)
    {
        var section = new YamlSection(file, node, "a cube");
        var name = ReadName(section, "a cube");
        section.Refuse("extends", "access_policy", "hierarchies", "folders", "sql_alias", "context_members", "rewrite_queries", "calendar");
        if (section.Text("data_source") is { } source && source != "default")
            throw new ModelException(section.Place, $"Cube '{name}' asks for data source '{source}'; Floe's engine has only 'default'.");
        Ignore(section, "pre_aggregations", $"cube '{name}': its rollups are not built; queries read the tables");
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
        section.Finish();
        return cube;
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
        section.Refuse("case", "sub_query", "propagate_filters_to_sub_query", "granularities", "latitude", "longitude", "multi_stage", "time_shift", "add_group_by", "values", "order", "mask", "links", "key");
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
            Sql = section.Sql("sql") ?? throw new ModelException(section.Place, $"Dimension '{cube.Name}.{name}' has no 'sql'."),
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

    private static Measure ReadMeasure(YamlSection section, Cube cube)
    {
        var name = ReadName(section, $"a measure of '{cube.Name}'");
        section.Refuse("rolling_window", "multi_stage", "time_shift", "group_by", "reduce_by", "add_group_by", "order_by", "case", "grain", "mask", "filter", "links");
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
        var measure = new Measure
        {
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

    private static string ReadName(YamlSection section, string what)
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

    private static bool ReadPublic(YamlSection section, bool otherwise = true)
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
