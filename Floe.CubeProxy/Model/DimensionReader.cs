using System.Text.Json.Nodes;

namespace Floe.CubeProxy.Model;

/// <summary>Reads a dimension of a cube.</summary>
internal static class DimensionReader
{
    public static Dimension Read(YamlSection section, Cube cube, ICollection<string> notices)
    {
        var name = CubeReader.ReadName(section, $"a dimension of '{cube.Name}'");
        var fullName = $"{cube.Name}.{name}";
        section.RefuseOn("multi_stage");
        section.Refuse("time_shift", "add_group_by", "filter", "values", "mask", "links", "key", "field_type");
        section.Ignore(notices, CubeReader.NoMatter, "aliases", "enable_suggestions", "values_as_segments");
        var typePlace = section.PlaceOfKey("type");
        var type = section.RequiredText("type") switch
        {
            "string" => DimensionType.String,
            "number" => DimensionType.Number,
            "time" => DimensionType.Time,
            "boolean" => DimensionType.Boolean,
            "geo" => DimensionType.Geo,
            var other => throw new ModelException(typePlace, $"Type '{other}' of dimension '{fullName}' is not supported; use string, number, time, boolean or geo."),
        };
        var isPrimaryKey = section.Flag("primary_key", false);
        var isSubQuery = section.Flag("sub_query", false);
        var granularitiesPlace = section.PlaceOfKey("granularities");
        var granularities = section.Sections("granularities", $"a granularity of '{fullName}'").Select(entry => Granularity.Read(entry, fullName)).ToList();
        if (granularities.Count > 0 && type != DimensionType.Time) throw new ModelException(granularitiesPlace, $"Dimension '{fullName}' has granularities, but is not of type time.");
        if (granularities.GroupBy(granularity => granularity.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ModelException(granularitiesPlace, $"Dimension '{fullName}' has granularity '{twice.Key}' twice.");
        var orderPlace = section.PlaceOfKey("order");
        var order = section.Text("order");
        if (order is not (null or "asc" or "desc")) throw new ModelException(orderPlace, $"The order '{order}' of '{fullName}' must be asc or desc.");
        var cases = ReadCase(section, fullName);
        var dimension = new Dimension
        {
            Cube = cube,
            Name = name,
            Type = type,
            Sql = ReadGeo(section, type, fullName) ?? cases?.Sql ?? section.Sql("sql") ?? throw new ModelException(section.Place, $"Dimension '{fullName}' has no 'sql'."),
            Case = cases?.Json,
            IsPrimaryKey = isPrimaryKey,
            IsSubQuery = isSubQuery,
            PropagatesFilters = section.Flag("propagate_filters_to_sub_query", false),
            Granularities = granularities,
            ValueOrder = order,
            SuggestFilterValues = section.Flag("suggest_filter_values", true),
            Title = CubeReader.ReadTitle(section, cube, name, out var shortTitle),
            ShortTitle = shortTitle,
            Description = section.Text("description"),
            Format = MemberFormat.Read(section, type.ToString().ToLowerInvariant(), isMeasure: false, fullName),
            Currency = CubeReader.ReadCurrency(section, type == DimensionType.Number, fullName),
            Meta = section.Json("meta"),
            // Cube hides keys unless they are made public.
            IsPublic = CubeReader.ReadPublic(section, otherwise: !isPrimaryKey),
            Place = section.Place,
        };
        section.Finish();
        return dimension;
    }

    private static SqlTemplate? ReadGeo(YamlSection section, DimensionType type, string name)
    {
        if (type != DimensionType.Geo) return null;
        return SqlTemplate.Concat([Coordinate("latitude"), SqlTemplate.Literal(" || ',' || ", section.Place), Coordinate("longitude")]);

        SqlTemplate Coordinate(string key)
        {
            var place = section.PlaceOfKey(key);
            var coordinate = section.Section(key, $"the {key} of '{name}'") ?? throw new ModelException(place, $"Dimension '{name}' of type geo has no '{key}'.");
            var sql = coordinate.Sql("sql") ?? throw new ModelException(place, $"The {key} of '{name}' has no 'sql'.");
            coordinate.Finish();
            return SqlTemplate.Concat([SqlTemplate.Literal("(", place), sql.Qualified, SqlTemplate.Literal(")", place)]);
        }
    }

    private static (SqlTemplate Sql, JsonNode Json)? ReadCase(YamlSection section, string name)
    {
        if (section.Section("case", $"the case of '{name}'") is not { } cases) return null;
        var json = new JsonObject();
        var subject = cases.Sql("switch");
        var parts = new List<SqlTemplate> { SqlTemplate.Literal("CASE", cases.Place) };
        if (subject is not null)
        {
            json.Add("switch", subject.JavaScript);
            parts.AddRange([SqlTemplate.Literal(" (", cases.Place), subject.Qualified, SqlTemplate.Literal(")", cases.Place)]);
        }
        var branches = new JsonArray();
        foreach (var when in cases.Sections("when", $"a when of '{name}'"))
        {
            var branch = new JsonObject();
            parts.AddRange([SqlTemplate.Literal(" WHEN (", when.Place), ReadCondition(when, subject is not null, name, branch)]);
            parts.AddRange([SqlTemplate.Literal(") THEN ", when.Place), ReadResult(when, subject is not null, name, branch)]);
            when.Finish();
            branches.Add(branch);
        }
        if (branches.Count == 0) throw new ModelException(cases.Place, $"The case of '{name}' has no 'when'.");
        json.Add("when", branches);
        if (cases.Section("else", $"the else of '{name}'") is { } otherwise)
        {
            var branch = new JsonObject();
            parts.AddRange([SqlTemplate.Literal(" ELSE ", otherwise.Place), ReadResult(otherwise, subject is not null, name, branch)]);
            otherwise.Finish();
            json.Add("else", branch);
        }
        parts.Add(SqlTemplate.Literal(" END", cases.Place));
        cases.Finish();
        return (SqlTemplate.Concat(parts), json);
    }

    private static SqlTemplate ReadCondition(YamlSection when, bool isSwitch, string name, JsonObject json)
    {
        if (isSwitch)
        {
            var value = when.RequiredText("value");
            json.Add("value", value);
            return SqlTemplate.Literal(Quoted(value), when.Place);
        }
        var sql = when.Sql("sql") ?? throw new ModelException(when.Place, $"A 'when' of '{name}' has no 'sql'.");
        json.Add("sql", sql.JavaScript);
        return sql.Qualified;
    }

    private static SqlTemplate ReadResult(YamlSection branch, bool isSwitch, string name, JsonObject json)
    {
        var place = branch.PlaceOfKey("label");
        if (!isSwitch && branch.PeekText("label") is not null)
        {
            var text = branch.Text("label")!;
            json.Add("label", text);
            return SqlTemplate.Literal(Quoted(text), place);
        }
        var holder = isSwitch ? branch : branch.Section("label", $"a label of '{name}'") ?? throw new ModelException(branch.Place, $"A case of '{name}' has no 'label'.");
        var sql = holder.Sql("sql") ?? throw new ModelException(holder.Place, isSwitch ? $"A branch of '{name}' has no 'sql'." : $"A label of '{name}' is a text, or has 'sql'.");
        if (!isSwitch) holder.Finish();
        json.Add(isSwitch ? "sql" : "label", sql.JavaScript);
        return sql.Qualified;
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''")}'";
}
