using System.Globalization;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Planning;

/// <summary>Writes filters as SQL conditions; every value becomes a parameter.</summary>
internal sealed class FilterSql(SqlParameters parameters, TimeZoneInfo zone, Func<Member, string> sqlOf)
{
    private const int LongestInList = 32;

    public string Write(ResolvedFilter filter) => filter switch
    {
        ResolvedFilterGroup { Filters.Count: 0 } => "TRUE",
        ResolvedFilterGroup group => $"({string.Join(group.IsAnd ? " AND " : " OR ", group.Filters.Select(Write))})",
        ResolvedMemberFilter one => $"({Condition(one.Member, one.Member is Segment ? $"({sqlOf(one.Member)})" : sqlOf(one.Member), one.Source)})",
        ResolvedMeasureRows { Measure.Filters.Count: 0 } => "TRUE",
        ResolvedMeasureRows rows => $"({MemberSql.Conditions(rows.Measure)})",
        _ => throw new InvalidOperationException($"A filter of type {filter.GetType().Name} has no SQL."),
    };

    /// <summary>Both ends included; an end at .999 stands for its whole millisecond, as data can be finer than the API.</summary>
    public string Range(string column, DateRange range) => Between(column, LocalTime.ToUtc(range.From, zone), LocalTime.ToUtc(range.To, zone));

    private string Between(string column, DateTime from, DateTime to) => $"{column} >= {parameters.Add(from)} AND {column} <= {parameters.Add(EndOf(to))}";

    private string Condition(Member member, string column, MemberFilter filter)
    {
        var values = filter.Values ?? [];
        switch (filter.Operator)
        {
            case "set": return $"{column} IS NOT NULL";
            case "notSet": return $"{column} IS NULL";
            case "equals" or "in": return Equal(member, column, values, isNot: false);
            case "notEquals" or "notIn": return Equal(member, column, values, isNot: true);
            case "contains": return Like(column, values, "%", "%", isNot: false);
            case "notContains": return Like(column, values, "%", "%", isNot: true);
            case "startsWith": return Like(column, values, "", "%", isNot: false);
            case "notStartsWith": return Like(column, values, "", "%", isNot: true);
            case "endsWith": return Like(column, values, "%", "", isNot: false);
            case "notEndsWith": return Like(column, values, "%", "", isNot: true);
            case PatternOperators.Like: return Pattern(column, "LIKE", First(filter));
            case PatternOperators.NotLike: return Pattern(column, "NOT LIKE", First(filter));
            case PatternOperators.LikeAnyCase: return Pattern(column, "ILIKE", First(filter));
            case PatternOperators.NotLikeAnyCase: return Pattern(column, "NOT ILIKE", First(filter));
            case "gt": return $"{column} > {Value(member, First(filter))}";
            case "gte": return $"{column} >= {Value(member, First(filter))}";
            case "lt": return $"{column} < {Value(member, First(filter))}";
            case "lte": return $"{column} <= {Value(member, First(filter))}";
            case "inDateRange" or "onTheDate":
                var (from, to) = RangeOf(filter);
                return Between(column, from, to);
            case "notInDateRange":
                (from, to) = RangeOf(filter);
                return $"{column} < {parameters.Add(from)} OR {column} > {parameters.Add(EndOf(to))}";
            // Cube compares a date with its midnight in all four.
            case "beforeDate": return $"{column} < {parameters.Add(Moment(First(filter)))}";
            case "beforeOrOnDate": return $"{column} <= {parameters.Add(Moment(First(filter)))}";
            case "afterDate": return $"{column} > {parameters.Add(Moment(First(filter)))}";
            case "afterOrOnDate": return $"{column} >= {parameters.Add(Moment(First(filter)))}";
            default: throw CubeApiException.BadRequest($"Operator {filter.Operator} not supported for filter: {filter.Member}", "unsupported_operator");
        }
    }

    private string Equal(Member member, string column, IReadOnlyList<string?> values, bool isNot)
    {
        var given = values.Where(value => value is not null).Select(value => Typed(member, value!)).ToList();
        var hasNull = given.Count < values.Count;
        if (given.Count == 0) return hasNull ? $"{column} IS {(isNot ? "NOT " : "")}NULL" : isNot ? "TRUE" : "FALSE";
        var condition = given.Count == 1
            ? $"{column} {(isNot ? "<>" : "=")} {parameters.Add(given[0])}"
            : $"{column} {(isNot ? "NOT " : "")}IN ({(given.Count > LongestInList ? $"SELECT unnest({parameters.Add(AsList(given))})" : string.Join(", ", given.Select(parameters.Add)))})";
        return (isNot, hasNull) switch
        {
            (false, false) => condition,
            (false, true) => $"{condition} OR {column} IS NULL",
            // What is unknown is not equal, either.
            (true, false) => $"{condition} OR {column} IS NULL",
            (true, true) => $"{condition} AND {column} IS NOT NULL",
        };
    }

    private string Like(string column, IReadOnlyList<string?> values, string before, string after, bool isNot)
    {
        // DuckDB has no default escape character: without ESCAPE a search for % or _ finds nothing.
        var conditions = values.Where(value => value is not null)
            .Select(value => $@"{column} {(isNot ? "NOT " : "")}ILIKE {parameters.Add(before + Escape(value!) + after)} ESCAPE '\'")
            .ToList();
        var hasNull = conditions.Count < values.Count;
        // Cube finds null with the one, and takes the other for no condition.
        if (conditions.Count == 0) return isNot ? "TRUE" : hasNull ? $"{column} IS NULL" : "FALSE";
        var condition = string.Join(isNot ? " AND " : " OR ", conditions);
        return (isNot, hasNull) switch
        {
            (false, false) => condition,
            (false, true) => $"{condition} OR {column} IS NULL",
            (true, false) => $"({condition}) OR {column} IS NULL",
            (true, true) => $"({condition}) AND {column} IS NOT NULL",
        };
    }

    private string Pattern(string column, string operation, string pattern) => $@"{column} {operation} {parameters.Add(pattern)} ESCAPE '\'";

    private static string Escape(string value) => value.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_");

    private string Value(Member member, string value) => parameters.Add(Typed(member, value));

    private object Typed(Member member, string value) => member.ApiType switch
    {
        "number" => Number(value),
        "boolean" => Boolean(value),
        "time" => Stamp(value),
        _ => value,
    };

    // One parameter for a long list: thousands of single ones take DuckDB seconds to bind.
    private static object AsList(List<object> values) => values[0] switch
    {
        string => values.Cast<string>().ToList(),
        DateTime => values.Cast<DateTime>().ToList(),
        bool => values.Cast<bool>().ToList(),
        _ when values.TrueForAll(value => value is long) => values.Cast<long>().ToList(),
        _ => values.Select(value => Convert.ToDouble(value, CultureInfo.InvariantCulture)).ToList(),
    };

    private static object Number(string text)
    {
        var trimmed = text.Trim();
        if (long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) return integer;
        return double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw CubeApiException.BadRequest($"Error: Conversion Error: Could not convert string '{text}' to DOUBLE", "conversion");
    }

    private static bool Boolean(string text) => text.ToLowerInvariant() switch
    {
        "true" or "t" or "1" => true,
        "false" or "f" or "0" => false,
        _ => throw CubeApiException.BadRequest($"Error: Conversion Error: Could not convert string '{text}' to BOOL", "conversion"),
    };

    private static DateTime EndOf(DateTime end) =>
        end.Ticks % TimeSpan.TicksPerSecond == 999 * TimeSpan.TicksPerMillisecond ? end.AddTicks(TimeSpan.TicksPerMillisecond - TimeSpan.TicksPerMicrosecond) : end;

    private (DateTime From, DateTime To) RangeOf(MemberFilter filter)
    {
        var from = First(filter);
        var to = (filter.Values!.Count > 1 ? filter.Values[1] : from) ?? throw ValueMissing(filter);
        return (Moment(from), LocalTime.TryParseDate(to, out var day) ? LocalTime.ToUtc(day.AddTicks(TimeSpan.TicksPerDay - TimeSpan.TicksPerMillisecond), zone) : Moment(to));
    }

    // Of the query's time zone, unless it says its own.
    private DateTime Moment(string text)
    {
        if (!LocalTime.TryParse(text, out var time, out var isUtc)) throw CubeApiException.BadRequest($"Can't parse date: '{text}'", "invalid_date");
        return isUtc ? time : LocalTime.ToUtc(time, zone);
    }

    // Cube gives the text to the database as it is: compared with what is stored, whatever the query's time zone.
    private static DateTime Stamp(string text) => text is [_, _, _, _, '-', _, _, '-', _, _, ..] && LocalTime.TryParse(text, out var time, out _)
        ? time
        : throw CubeApiException.BadRequest($"Error: Conversion Error: invalid timestamp field format: \"{text}\", expected format is (YYYY-MM-DD HH:MM:SS[.US][±HH[:MM[:SS]]| ZONE])", "conversion");

    private static string First(MemberFilter filter) => filter.Values is [{ } first, ..] ? first : throw ValueMissing(filter);

    private static CubeApiException ValueMissing(MemberFilter filter) =>
        CubeApiException.BadRequest($"Filter '{filter.Operator}' on '{filter.Member}' needs a value that is not null.");
}
