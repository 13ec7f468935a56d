using Floe.CubeProxy.Model;

namespace Floe.Tests.Cube;

public sealed class ModelErrorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-model-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    public static TheoryData<string, int, string> Broken => new()
    {
        { "cubes:\n  - name: A\n    sql_table: a\n    bogus: 1\n", 4, "'bogus' is not a known key" },
        { "cubes:\n  - name: A\n", 2, "needs either 'sql_table' or 'sql'" },
        { "cubes:\n  - sql_table: a\n", 2, "'name' is missing" },
        { "cubes:\n  - name: 1A\n    sql_table: a\n", 2, "The name '1A'" },
        { "cubes:\n  - name: A\n    sql_table: a\n    sql_table: b\n", 4, "" },
        { "cubes:\n  - name: A\n    sql_table: a\n  - name: A\n    sql_table: b\n", 4, "defined twice" },
        { "cubes:\n  - name: A\n   sql_table: a\n", 3, "Not valid YAML" },
        { "cubes:\n  - name: A\n    sql_table: \"a; DROP TABLE b\\\"\"\n    extends: B\n", 4, "Cube 'A' extends 'B', which does not exist" },
        { "cubes:\n  - name: A\n    sql_table: a\n    extends: A\n", 4, "Cube 'A' extends itself: A -> A" },
        { "cubes:\n  - name: A\n    extends: B\n  - name: B\n    sql_table: b\n    dimensions:\n      - name: d\n        type: string\n", 7, "has no 'sql'" },
        { "cubes:\n  - name: A\n    sql_table: a.b.c.d\n", 3, "is not a table name" },
        { "cubes:\n  - name: A\n    sql_table: a\nviews:\n  - name: V\n", 5, "View 'V' has no members" },
        { "cubes:\n  - name: A\n    sql_table: a\nviews:\n  - name: V\n    cubes:\n      - join_path: B\n        includes: \"*\"\n", 7, "names cube 'B', which does not exist" },
        { "cubes:\n  - name: A\n    sql_table: a\n  - name: B\n    sql_table: b\nviews:\n  - name: V\n    cubes:\n      - join_path: A.B\n        includes: \"*\"\n", 9, "'A' has no such join" },
        { "cubes:\n  - name: A\n    sql_table: a\nviews:\n  - name: V\n    cubes:\n      - join_path: A\n        includes: [x]\n", 8, "names 'x', which cube 'A' does not have" },
        { "cubes:\n  - name: A\n    sql_table: a\n    access_policy: []\n", 4, "access_policy of 'A' is empty" },
        { "cubes:\n  - name: A\n    sql_table: a\n    access_policy:\n      - row_level:\n          allow_all: true\n", 5, "does not say whom it is for" },
        { "cubes:\n  - name: A\n    sql_table: a\n    access_policy:\n      - role: \"*\"\n        row_level:\n          filters: []\n", 7, "needs either 'filters' or 'allow_all: true'" },
        { "cubes:\n  - name: A\n    sql_table: a\n    access_policy:\n      - role: \"*\"\n        row_level:\n          filters:\n            - member: x\n              operator: equals\n              values: [\"1\"]\n", 8, "names 'x', which is no dimension" },
        { "cubes:\n  - name: A\n    sql_table: a\n    access_policy:\n      - role: \"*\"\n        conditions:\n          - if: \"{ securityContext.a == 1 }\"\n", 7, "is a program" },
        { "cubes:\n  - name: A\n    sql_table: a\n    access_policy:\n      - role: \"*\"\n        member_level:\n          includes: [x]\n", 7, "names 'x', which 'A' does not have" },
        { "cubes:\n  - name: A\n    sql_table: a\n    access_policy:\n      - role: \"*\"\n        member_masking: {}\n", 6, "'member_masking'" },
        { "cubes:\n  - name: {{ x }}\n", 2, "Jinja" },
        { "# {% if %}\ncubes: []\n", 1, "Jinja" },
        { "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        type: string\n", 5, "has no 'sql'" },
        { "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        sql: d\n        type: geo\n", 5, "has no 'latitude'" },
        { "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        sql: \"{nope}\"\n        type: string\n", 6, "neither a member of 'A' nor a cube" },
        { "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        sql: |\n          1 +\n          {A.nope}\n        type: string\n", 8, "which cube 'A' does not have" },
        { "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        sql: \"${CUBE}.d\"\n        type: string\n", 6, "is JavaScript" },
        { "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        sql: \"{FILTER_PARAMS.A.d}\"\n        type: string\n", 6, "FILTER_PARAMS" },
        { "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        sql: \"{CUBE\"\n        type: string\n", 6, "no closing" },
        { "cubes:\n  - name: A\n    sql_table: a\n    measures:\n      - name: m\n        type: sum\n", 5, "has no 'sql'" },
        { "cubes:\n  - name: A\n    sql_table: a\n    measures:\n      - name: m\n        type: median\n        sql: x\n", 6, "Type 'median'" },
        { "cubes:\n  - name: A\n    sql_table: a\n    measures:\n      - name: m\n        type: sum\n        sql: x\n        rolling_window:\n          trailing: a day\n", 9, "trailing 'a day' of 'A.m' must be unbounded or an interval" },
        { "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        type: string\n        case:\n          else:\n            label: x\n", 8, "has no 'when'" },
        { "cubes:\n  - name: A\n    sql_table: a\n    measures:\n      - name: m\n        type: number\n        sql: \"{n}\"\n      - name: n\n        type: number\n        sql: \"{m}\"\n", 5, "refers to itself: A.m -> A.n -> A.m" },
        { "cubes:\n  - name: A\n    sql_table: a\n    measures:\n      - name: m\n        type: count\n      - name: s\n        type: sum\n        sql: \"{m}\"\n", 7, "aggregates the measure 'A.m'" },
        { "cubes:\n  - name: A\n    sql_table: a\n    joins:\n      - name: B\n        relationship: many_to_one\n        sql: \"{CUBE}.b = {B}.id\"\n", 5, "names cube 'B', which does not exist" },
        { "cubes:\n  - name: A\n    sql_table: a\n    joins:\n      - name: A\n        relationship: sideways\n        sql: x\n", 6, "Relationship 'sideways'" },
        { "cubes:\n  - name: A\n    sql_table: a\n    measures:\n      - name: m\n        type: count\n  - name: B\n    sql_table: b\n    joins:\n      - name: A\n        relationship: many_to_one\n        sql: \"{CUBE}.a = {A}.id\"\n", 2, "needs a dimension with primary_key" },
        { "cubes:\n  - name: A\n    sql_table: a\n    dimensions:\n      - name: d\n        sql: d\n        type: string\n        primary_key: maybe\n", 8, "must be true or false" },
        { "cubes:\n  - name: A\n    sql_table: a\n    measures:\n      - name: d\n        type: count\n    dimensions:\n      - name: d\n        sql: d\n        type: string\n", 5, "defined twice" },
        { "cubes: 5\n", 1, "'cubes' must be a list" },
        { "- a\n", 1, "must be a mapping" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Names_file_and_line(string yaml, int line, string message)
    {
        File.WriteAllText(Path.Combine(_folder, "broken.yml"), yaml);
        var e = Assert.Throws<ModelException>(() => ModelFolder.Read(_folder));
        Assert.Equal(new SourcePlace("broken.yml", line), e.Place);
        Assert.StartsWith($"broken.yml:{line}: ", e.Message);
        Assert.Contains(message, e.Message);
    }

    [Theory]
    [InlineData("orders.js")]
    [InlineData("nested/globals.py")]
    public void Refuses_programs(string file)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "nested"));
        File.WriteAllText(Path.Combine(_folder, file), "cube(`Orders`, {})");
        Assert.StartsWith($"{file}:1: ", Assert.Throws<ModelException>(() => ModelFolder.Read(_folder)).Message);
    }

    [Fact]
    public void Keeps_the_order_of_files_cubes_before_views()
    {
        File.WriteAllText(Path.Combine(_folder, "a.yml"), "views:\n  - {name: V, cubes: [{join_path: A, includes: \"*\"}]}\ncubes:\n  - {name: A, sql_table: a, measures: [{name: n, type: count}]}\n");
        File.WriteAllText(Path.Combine(_folder, "b.yml"), "cubes:\n  - {name: B, sql_table: b}\n");
        Assert.Equal(["A", "V", "B"], ModelFolder.Read(_folder).Cubes.Select(cube => cube.Name));
    }

    [Fact]
    public void Refuses_an_empty_folder() => Assert.Contains("has no cube", Assert.Throws<ModelException>(() => ModelFolder.Read(_folder)).Message);
}
