using System.Text.RegularExpressions;
using Floe.CubeProxy.Planning;

namespace Floe.CubeProxy.Model;

/// <summary>Reads a measure of a cube.</summary>
internal static partial class MeasureReader
{
    public static Measure Read(YamlSection section, Cube cube, ICollection<string> notices)
    {
        var name = CubeReader.ReadName(section, $"a measure of '{cube.Name}'");
        var fullName = $"{cube.Name}.{name}";
        section.RefuseOn("multi_stage");
        section.Refuse("time_shift", "group_by", "reduce_by", "add_group_by", "order_by", "case", "grain", "mask", "filter", "links", "drill_filters");
        section.Ignore(notices, CubeReader.NoMatter, "aliases");
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
            var other => throw new ModelException(typePlace, $"Type '{other}' of measure '{fullName}' is not supported; use count, count_distinct, count_distinct_approx, sum, avg, min, max or number."),
        };
        var sql = section.Sql("sql");
        if (sql is null && type != MeasureType.Count)
            throw new ModelException(section.Place, $"Measure '{fullName}' has no 'sql'; only a count can do without.");
        var filters = section.Sections("filters", $"a filter of '{fullName}'").Select(filter =>
        {
            var condition = filter.Sql("sql") ?? throw new ModelException(filter.Place, "A measure's filter needs 'sql'.");
            filter.Finish();
            return condition;
        }).ToList();
        if (filters.Count > 0 && type >= MeasureType.Number)
            throw new ModelException(section.Place, $"Measure '{fullName}' is computed from other measures; put 'filters' on those.");
        var window = ReadWindow(section, fullName);
        if (window is not null && type >= MeasureType.Number)
            throw new ModelException(section.Place, $"Measure '{fullName}' is computed from other measures; put 'rolling_window' on those.");
        var isNumber = type < MeasureType.String;
        var measure = new Measure
        {
            Window = window,
            Cube = cube,
            Name = name,
            Type = type,
            Sql = sql,
            Filters = filters,
            IsCumulative = section.Flag("cumulative", window is not null),
            DrillMembers = section.Has("drill_members") ? section.Texts("drill_members") : section.Texts("drill_member_references"),
            Title = CubeReader.ReadTitle(section, cube, name, out var shortTitle),
            ShortTitle = shortTitle,
            Description = section.Text("description"),
            Format = MemberFormat.Read(section, isNumber ? "number" : "", isMeasure: true, fullName),
            Currency = CubeReader.ReadCurrency(section, isNumber, fullName),
            Meta = section.Json("meta"),
            // 'visible' is one more of Cube's old words for 'public'.
            IsPublic = CubeReader.ReadPublic(section, section.Flag("visible", true)),
            Place = section.Place,
        };
        section.Finish();
        return measure;
    }

    private static RollingWindow? ReadWindow(YamlSection section, string name)
    {
        if (section.Section("rolling_window", $"the rolling_window of '{name}'") is not { } window) return null;
        var typePlace = window.PlaceOfKey("type");
        var type = window.Text("type") ?? "fixed";
        RollingWindow result;
        switch (type)
        {
            case "to_date":
                var place = window.PlaceOfKey("granularity");
                var granularity = window.RequiredText("granularity");
                if (!Granularities.IsKnown(granularity)) throw new ModelException(place, $"Granularity '{granularity}' of '{name}' is not known; use day, week, month, quarter or year.");
                result = new RollingWindow(null, null, false, granularity);
                break;
            case "year_to_date" or "quarter_to_date" or "month_to_date":
                result = new RollingWindow(null, null, false, type[..type.IndexOf('_')]);
                break;
            case "fixed":
                var trailing = ReadInterval(window, "trailing", name);
                var leading = ReadInterval(window, "leading", name);
                var offsetPlace = window.PlaceOfKey("offset");
                var offset = window.Text("offset") ?? "end";
                if (offset is not ("start" or "end")) throw new ModelException(offsetPlace, $"The offset '{offset}' of '{name}' must be start or end.");
                result = new RollingWindow(trailing, leading, offset == "start", null);
                break;
            default:
                throw new ModelException(typePlace, $"The rolling_window type '{type}' of '{name}' is not supported; use fixed or to_date.");
        }
        window.Finish();
        return result;
    }

    private static string? ReadInterval(YamlSection window, string key, string name)
    {
        var place = window.PlaceOfKey(key);
        if (window.Text(key) is not { } text) return null;
        return text == RollingWindow.Unbounded || Interval().IsMatch(text)
            ? text
            : throw new ModelException(place, $"{key} '{text}' of '{name}' must be unbounded or an interval such as 7 day.");
    }

    [GeneratedRegex(@"^-?\d{1,6} (second|minute|hour|day|week|month|quarter|year)s?\z")]
    private static partial Regex Interval();
}
