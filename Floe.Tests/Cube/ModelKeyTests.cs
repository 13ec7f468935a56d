using Floe.CubeProxy.Model;
using Floe.CubeProxy.Planning;

namespace Floe.Tests.Cube;

/// <summary>
/// Every key that a YAML model of Cube 1.7.43 can have (its validator's list) is served, left out with a line in the log, or refused with
/// file and line; and a key that Cube does not know is refused everywhere.
/// </summary>
public sealed class ModelKeyTests : IDisposable
{
    private const string Place = "broken.yml";

    // Each place of a model with one line that the key stands on: '?'.
    private static readonly Dictionary<string, string> _places = new()
    {
        ["file"] = "?\ncubes:\n  - {name: A, sql_table: a, dimensions: [{name: d, sql: d, type: string}]}\n",
        ["cube"] = "cubes:\n  - name: A\n    sql_table: a\n    ?\n",
        ["join"] = "cubes:\n  - name: A\n    sql_table: a\n    joins:\n      - name: B\n        sql: \"{CUBE}.b = {B}.id\"\n        relationship: many_to_one\n        ?\n  - {name: B, sql_table: b}\n",
        ["dimension"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - {name: id, sql: id, type: number, primary_key: true}\n      - name: d\n        sql: d\n        type: string\n        ?\n    measures:\n      - {name: m, type: count}\n",
        ["time"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        sql: d\n        type: time\n        ?\n",
        ["number"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        sql: d\n        type: number\n        ?\n",
        ["geo"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        type: geo\n        latitude: {sql: lat}\n        longitude: {sql: lon}\n        ?\n",
        ["case"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        type: string\n        case:\n          ?\n          when: [{sql: x > 1, label: y}]\n",
        ["granularity"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        sql: d\n        type: time\n        granularities:\n          - name: g\n            interval: 1 month\n            ?\n",
        ["measure"] = "cubes:\n  - name: A\n    sql_table: a\n    measures:\n      - name: m\n        sql: x\n        type: sum\n        ?\n",
        ["window"] = "cubes:\n  - name: A\n    sql_table: a\n    measures:\n      - name: m\n        sql: x\n        type: sum\n        rolling_window:\n          ?\n",
        ["segment"] = "cubes:\n  - name: A\n    sql_table: a\n    segments:\n      - name: s\n        sql: x > 1\n        ?\n",
        ["hierarchy"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions: [{name: d, sql: d, type: string}]\n    hierarchies:\n      - name: h\n        levels: [d]\n        ?\n",
        ["rollup"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions: [{name: d, sql: d, type: time}]\n    measures: [{name: m, type: count}]\n    pre_aggregations:\n      - name: p\n        measures: [m]\n        ?\n",
        ["original"] = "cubes:\n  - name: A\n    sql_table: a\n    pre_aggregations:\n      - name: p\n        type: original_sql\n        ?\n",
        ["joined"] = "cubes:\n  - name: A\n    sql_table: a\n    pre_aggregations:\n      - name: p\n        type: rollup_join\n        ?\n",
        ["lambda"] = "cubes:\n  - name: A\n    sql_table: a\n    pre_aggregations:\n      - name: p\n        type: rollup_lambda\n        ?\n",
        ["auto"] = "cubes:\n  - name: A\n    sql_table: a\n    pre_aggregations:\n      - name: p\n        type: auto_rollup\n        ?\n",
        ["refresh"] = "cubes:\n  - name: A\n    sql_table: a\n    refresh_key:\n      ?\n",
        ["policy"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions: [{name: d, sql: d, type: string}]\n    access_policy:\n      - group: x\n        ?\n",
        ["members"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions: [{name: d, sql: d, type: string}]\n    access_policy:\n      - group: x\n        member_level:\n          ?\n",
        ["rows"] = "cubes:\n  - name: A\n    sql_table: a\n    dimensions: [{name: d, sql: d, type: string}]\n    access_policy:\n      - group: x\n        row_level:\n          ?\n",
        ["view"] = "cubes:\n  - {name: A, sql_table: a, dimensions: [{name: d, sql: d, type: string}]}\nviews:\n  - name: V\n    cubes: [{join_path: A, includes: \"*\"}]\n    ?\n",
        ["part"] = "cubes:\n  - {name: A, sql_table: a, dimensions: [{name: d, sql: d, type: string}, {name: e, sql: e, type: string}]}\nviews:\n  - name: V\n    cubes:\n      - join_path: A\n        includes: \"*\"\n        ?\n",
        ["include"] = "cubes:\n  - {name: A, sql_table: a, dimensions: [{name: d, sql: d, type: number}]}\nviews:\n  - name: V\n    cubes:\n      - join_path: A\n        includes:\n          - name: d\n            ?\n",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("floe-model-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [InlineData("cube", "title: x|description: x|public: false|shown: false|meta: {a: 1}|sql_alias: x|data_source: default|calendar: false|rewrite_queries: false|joins: []|dimensions: []|measures: []|segments: []|pre_aggregations: []|hierarchies: []")]
    [InlineData("dimension", "title: x|description: x|public: false|shown: false|primary_key: true|suggest_filter_values: false|format: link|meta: {a: 1}|order: desc|multi_stage: false|sub_query: false|propagate_filters_to_sub_query: false")]
    [InlineData("time", "granularities: [{name: g, interval: 2 weeks, origin: 2025-01-06}]|format: \"%Y\"")]
    [InlineData("number", "format: percent_3|format: \".2s\"|format: id|currency: usd")]
    [InlineData("geo", "title: x")]
    [InlineData("case", "else: {label: z}")]
    [InlineData("granularity", "title: x|origin: 2025-01-06|offset: -3 days")]
    [InlineData("measure", "title: x|description: x|public: false|shown: false|visible: false|cumulative: true|format: currency|currency: EUR|meta: {a: 1}|filters: [{sql: x > 1}]|drill_members: [m]|drill_member_references: [m]|multi_stage: false|rolling_window: {trailing: 1 month}")]
    [InlineData("window", "trailing: unbounded|leading: 2 days|offset: start|type: fixed|type: year_to_date|type: quarter_to_date|type: month_to_date")]
    [InlineData("segment", "title: x|description: x|meta: {a: 1}|public: false|shown: false")]
    [InlineData("hierarchy", "title: x|public: false")]
    [InlineData("rollup", "type: rollup|dimensions: [d]|segments: []|partition_granularity: day|refresh_key: {every: 1 hour}|external: false|scheduled_refresh: true|indexes: [{name: i, columns: [d]}]|build_range_start: {sql: x}|build_range_end: {sql: x}|refresh_range_start: {sql: x}|refresh_range_end: {sql: x}|allow_non_strict_date_range_match: true|sql_alias: x|read_only: true|stream_offset: earliest|output_column_types: []|unique_key_columns: []|use_original_sql_pre_aggregations: true")]
    [InlineData("policy", "conditions: []|member_level: {includes: [d]}|row_level: {allow_all: true}|groups: [y]|role: y|roles: [y]")]
    [InlineData("members", "includes: \"*\"|includes: [d]|excludes: \"*\"|excludes: [d]")]
    [InlineData("rows", "allow_all: true|filters: [{member: d, operator: equals, values: [x]}]")]
    [InlineData("view", "title: x|description: x|public: false|shown: false|meta: {a: 1}|data_source: default|rewrite_queries: false|access_policy: [{group: x, row_level: {allow_all: true}}]|folders: [{name: f, includes: [d]}]")]
    [InlineData("part", "prefix: true|alias: x|excludes: [e]|split: false")]
    [InlineData("include", "alias: x|title: x|description: x|format: percent|meta: {a: 1}")]
    public void Served(string place, string keys)
    {
        foreach (var key in keys.Split('|')) Assert.Empty(Read(place, key).Notices);
    }

    [Theory]
    [InlineData("cube", "refresh_key: {every: 1 hour}")]
    [InlineData("refresh", "every: 1 hour|sql: SELECT 1|immutable: true|timezone: UTC")]
    [InlineData("dimension", "aliases: [x]|enable_suggestions: true|values_as_segments: true")]
    [InlineData("measure", "aliases: [x]")]
    [InlineData("segment", "aliases: [x]")]
    [InlineData("rollup", "time_dimensions: [{dimension: d, granularity: day}]")]
    [InlineData("original", "time_dimension: d|partition_granularity: month|unique_key_columns: [x]")]
    [InlineData("joined", "rollups: [B.p]|measures: [m]|dimensions: [d]|segments: []|time_dimension: d|granularity: day")]
    [InlineData("lambda", "rollups: [B.p]|union_with_source_data: true")]
    [InlineData("auto", "max_pre_aggregations: 3")]
    [InlineData("view", "refresh_key: {every: 1 hour}")]
    public void Left_out_with_a_line_in_the_log(string place, string keys)
    {
        foreach (var key in keys.Split('|')) Assert.StartsWith($"{Place}:", Assert.Single(Read(place, key).Notices));
    }

    [Theory]
    [InlineData("file", "view_groups: []")]
    [InlineData("cube", "calendar: true|rewrite_queries: true|data_source: other|extends: Nothing")]
    [InlineData("dimension", "multi_stage: true|time_shift: []|add_group_by: [d]|filter: {}|values: [a]|mask: 0|links: []|key: d|field_type: string|granularities: [{name: g, interval: 1 day}]|currency: EUR")]
    [InlineData("granularity", "sql: x")]
    [InlineData("measure", "multi_stage: true|time_shift: []|group_by: [d]|reduce_by: [d]|add_group_by: [d]|order_by: []|case: {}|grain: {}|mask: 0|filter: {}|links: []|drill_filters: []")]
    [InlineData("policy", "member_masking: {includes: [d]}")]
    [InlineData("view", "extends: V|includes: [A.d]|excludes: [A.d]|dimensions: []|measures: []|segments: []|hierarchies: []|joins: []|pre_aggregations: []|default_filters: []|view_group: x|view_groups: [x]|sql_alias: x")]
    [InlineData("part", "split: true")]
    public void Refused_by_file_and_line(string place, string keys)
    {
        foreach (var key in keys.Split('|'))
        {
            var e = Assert.Throws<ModelException>(() => Read(place, key));
            Assert.StartsWith($"{Place}:", e.Message);
            Assert.Contains(key.StartsWith("extends: Nothing", StringComparison.Ordinal) ? "Nothing" : key[..key.IndexOf(':')] is "data_source" or "granularities" or "currency" ? "" : $"'{key[..key.IndexOf(':')]}'", e.Message);
        }
    }

    [Fact]
    public void What_Cube_does_not_know_is_refused_everywhere()
    {
        foreach (var place in _places.Keys)
        {
            var lines = _places[place].Split('\n');
            var e = Assert.Throws<ModelException>(() => Read(place, "no_such_key: 1"));
            Assert.Equal(new SourcePlace(Place, Array.FindIndex(lines, line => line.Trim() == "?") + 1), e.Place);
            Assert.Contains("'no_such_key' is not a known key", e.Message);
        }
    }

    private SemanticModel Read(string place, string key)
    {
        File.WriteAllText(Path.Combine(_folder, Place), _places[place].Replace("?", key));
        var model = ModelFolder.Read(_folder);
        // Rollups are judged when they are planned.
        Assert.Empty(new QueryPlanner(model).Notices);
        return model;
    }
}
