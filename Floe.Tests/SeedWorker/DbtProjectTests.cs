using DuckDB.NET.Data;
using Floe.SeedWorker.Transform;
using Floe.SeedWorker.Transform.Lineage;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Xunit;

namespace Floe.Tests.SeedWorker;

public sealed class DbtProjectTests
{
    [Fact]
    public async Task Models_are_built_in_the_order_of_their_references()
    {
        using var folder = new DbtFolder(
            ("models/a_last.sql", "select sum(n)::bigint as total from {{ ref('z_first') }}"),
            ("models/tables/z_first.sql", "{# a comment\nof two lines #}\n{{ config(materialized='view') }}select n from {{ source('raw', 'numbers') }} where n <= {{ var('limit') }}"),
            ("models/tables/m_table.sql", "select * from {{ ref('a_last') }} {% if is_incremental() %} where total > (select max(total) from {{ this }}) {% else %} where true {% endif %}"));
        var project = folder.Load();
        Assert.Equal(["z_first", "a_last", "m_table"], project.Models.Select(m => m.Name));
        Assert.Equal([Materialization.View, Materialization.View, Materialization.Table], project.Models.Select(m => m.Materialized));

        using var db = GeneratedShop.OpenDatabase();
        db.Execute("create schema raw; create table raw.numbers as select range as n from range(10)");
        var results = await RunAsync(project, db);
        Assert.Equal([null, null, 1L], results.Models.Select(r => r.Rows));
        Assert.Equal(6, db.Count("select total from m_table"));

        await RunAsync(project, db, vars: new() { ["limit"] = "4" });
        Assert.Equal(10, db.Count("select total from m_table"));
    }

    [Theory]
    [InlineData("select 1\n{% for x in y %}", "models/m.sql:2", "{% for %}")]
    [InlineData("select 1\n\n{% set a = 1 %}", "models/m.sql:3", "{% set %}")]
    [InlineData("select\n{{ dbt_utils.star(1) }}", "models/m.sql:2", "dbt_utils.star")]
    [InlineData("select {{ ref('nowhere') }}", "models/m.sql:1", "ref('nowhere')")]
    [InlineData("select {{ source('raw', 'letters') }}", "models/m.sql:1", "source('raw', 'letters')")]
    [InlineData("select {{ var('limit') | int }}", "models/m.sql:1", "| int")]
    [InlineData("select {{ target }}", "models/m.sql:1", "'target'")]
    [InlineData("\n{% if var('x') %} {% endif %}", "models/m.sql:2", "'var'")]
    [InlineData("a\n{% if is_incremental() %}\n b", "models/m.sql:2", "endif")]
    [InlineData("select 1 {% endif %}", "models/m.sql:1", "endif")]
    [InlineData("{{ config(materialized='incremental') }} select 1", "models/m.sql:1", "incremental")]
    [InlineData("{{ config(colour='red') }} select 1", "models/m.sql:1", "colour")]
    [InlineData("select '{{ ref('a }}'", "models/m.sql:1", "")]
    [InlineData("select 1 {# open", "models/m.sql:1", "#}")]
    [InlineData("select {{ ref() }}", "models/m.sql:1", "ref takes")]
    public void What_is_not_supported_is_an_error_at_its_line(string sql, string place, string mention)
    {
        using var folder = new DbtFolder(("models/m.sql", sql));
        var error = Assert.Throws<DbtException>(folder.Load);
        Assert.StartsWith(place + ": ", error.Message);
        Assert.Contains(mention, error.Message);
    }

    [Theory]
    [InlineData("version: 2\nmodels:\n  - name: m\n    colums: []", 4, "colums")]
    [InlineData("version: 2\nmodels:\n  - name: other", 3, "other")]
    [InlineData("version: 2\nmodels:\n  - name: m\n    columns:\n      - name: n\n        data_tests: [positive]", 6, "positive")]
    [InlineData("version: 2\nmodels:\n  - name: m\n    columns:\n      - name: n\n        data_tests:\n          - relationships: { to: ref('x'), field: n }", 7, "ref('x')")]
    [InlineData("version: 2\nmodels:\n  - name: m\n  bad: [", 4, "YAML")]
    public void A_wrong_declaration_is_an_error_at_its_line(string yaml, int line, string mention)
    {
        using var folder = new DbtFolder(("models/m.sql", "select 1 as n"), ("models/schema.yml", yaml));
        var error = Assert.Throws<DbtException>(folder.Load);
        Assert.Equal(("models/schema.yml", line), (error.File, error.Line));
        Assert.Contains(mention, error.Message);
    }

    [Fact]
    public void A_circle_of_models_is_named()
    {
        using var folder = new DbtFolder(("models/a.sql", "select * from {{ ref('b') }}"), ("models/b.sql", "select * from {{ ref('c') }}"), ("models/c.sql", "select * from {{ ref('a') }}"));
        Assert.Contains("a -> b -> c -> a", Assert.Throws<DbtException>(folder.Load).Message);
    }

    [Theory]
    [InlineData("select\n  1 as n,\n  nonsense\nfrom {{ source('raw', 'numbers') }}", 3, "nonsense")]
    [InlineData("{#\n\n#}\nselect 1 as n\nfrom from", 5, "from")]
    [InlineData("{% if is_incremental() %}\nx\n{% endif %}\nselect nonsense", 4, "nonsense")]
    public async Task An_error_of_the_database_is_at_the_files_line(string sql, int line, string mention)
    {
        using var folder = new DbtFolder(("models/m.sql", sql));
        using var db = GeneratedShop.OpenDatabase();
        db.Execute("create schema raw; create table raw.numbers as select 1 as x");
        var results = await RunAsync(folder.Load(), db);
        var error = Assert.Throws<DbtException>(results.ThrowIfFailed);
        Assert.Equal(("models/m.sql", line), (error.File, error.Line));
        Assert.Contains(mention, error.Message);
    }

    [Fact]
    public async Task Ephemeral_models_are_part_of_what_reads_them_and_nothing_else()
    {
        using var folder = new DbtFolder(
            ("models/small.sql", "{{ config(materialized='ephemeral') }}\nselect n from {{ source('raw', 'numbers') }} where n < 3 -- three"),
            ("models/doubled.sql", "{{ config(materialized='ephemeral') }} select s.n, 2 * s.n as twice from {{ ref('small') }} as s"),
            ("models/m.sql", "{{ config(materialized='table') }} with own as (select * from {{ ref('doubled') }})\nselect own.twice, small.n from own join {{ ref('small') }} as small using (n)"),
            ("models/mixed.sql", "select twice from {{ ref('m') }} where twice in (select twice from {{ ref('doubled') }}) order by 1"),
            ("tests/none_is_odd.sql", "select * from {{ ref('doubled') }} where twice % 2 = 1"),
            ("models/schema.yml", """
                version: 2
                models:
                  - name: doubled
                    columns:
                      - name: twice
                        data_tests: [unique, { accepted_values: { values: [0, 2, 4] } }]
                      - name: n
                        data_tests: [{ relationships: { to: ref('small'), field: n } }]
                """));
        using var db = GeneratedShop.OpenDatabase();
        db.Execute("create schema raw; create table raw.numbers as select range as n from range(10)");
        var results = await RunAsync(folder.Load(), db);
        Assert.Equal(["m", "mixed"], results.Models.Select(m => m.Name));
        Assert.Equal(["0|0", "2|1", "4|2"], db.Rows("from m order by 1"));
        Assert.Equal(["0", "2", "4"], db.Rows("from mixed"));
        Assert.Equal(["m", "mixed"], db.Rows("select table_name from information_schema.tables where table_schema = 'main' order by 1"));
        // Its tests are asked of its query.
        Assert.Equal(["Pass", "Pass", "Pass", "Pass"], results.Tests.Select(t => t.Status.ToString()));
        folder.Write("tests/none_is_odd.sql", "select * from {{ ref('doubled') }} where twice > 2");
        Assert.Equal(["none_is_odd 1"], (await RunAsync(folder.Load(), db, DbtVerb.Test)).Tests.Where(t => t.Status == NodeStatus.Fail).Select(t => $"{t.Name} {t.FailingRows}"));
        File.Delete(Path.Combine(folder.Root, "tests", "none_is_odd.sql"));

        // Lineage goes through it; what it is made of is known as of any model.
        var lineage = await ProjectLineage.ReadAsync(folder.Load(), new Dictionary<string, IReadOnlyList<(string Name, string Type)>> { ["raw.numbers"] = [("n", "bigint")] }, default);
        Assert.Empty(lineage.Unknown);
        Assert.Equal(new InputColumn("doubled", "twice"), lineage.Models["m"]["twice"].Keys.Single());
        Assert.Equal(new InputColumn("raw.numbers", "n"), lineage.Through("m", m => m.Materialized != Materialization.Ephemeral)["twice"].Keys.Single());

        // An error is where the text was written.
        folder.Write("models/small.sql", "{{ config(materialized='ephemeral') }}\nselect n,\n  nonsense from {{ source('raw', 'numbers') }}");
        var error = Assert.Throws<DbtException>((await RunAsync(folder.Load(), db)).ThrowIfFailed);
        Assert.Equal(("models/small.sql", 3), (error.File, error.Line));
        folder.Write("models/small.sql", "{{ config(materialized='ephemeral') }} select n from {{ source('raw', 'numbers') }} where n < 3");
        folder.Write("models/m.sql", "select\n  nonsense\nfrom {{ ref('doubled') }}");
        error = Assert.Throws<DbtException>((await RunAsync(folder.Load(), db)).ThrowIfFailed);
        Assert.Equal(("models/m.sql", 2), (error.File, error.Line));
    }

    [Fact]
    public async Task Tests_count_the_rows_that_break_them()
    {
        using var folder = new DbtFolder(
            ("models/child.sql", "select * from (values (1, 'a'), (1, 'b'), (2, null), (null, 'c')) t(id, letter)"),
            ("models/parent.sql", "select 1 as id"),
            ("tests/no_letter_b.sql", "select * from {{ ref('child') }} where letter = 'b'"),
            ("models/schema.yml", """
                version: 2
                models:
                  - name: child
                    columns:
                      - name: id
                        data_tests:
                          - unique
                          - not_null
                          - relationships:
                              arguments: { to: ref('parent'), field: id }
                      - name: letter
                        tests:
                          - not_null
                          - accepted_values: { values: [a, b] }
                  - name: parent
                    columns:
                      - name: id
                        data_tests: [unique, not_null]
                """));
        using var db = GeneratedShop.OpenDatabase();
        db.Execute("create schema raw; create table raw.numbers as select 1 as x");
        var results = (await RunAsync(folder.Load(), db)).Tests.ToDictionary(t => t.Name, t => t.FailingRows);

        Assert.Equal(new Dictionary<string, long>
        {
            ["unique child.id"] = 1,
            ["not_null child.id"] = 1,
            ["relationships child.id"] = 1,
            ["not_null child.letter"] = 1,
            ["accepted_values child.letter"] = 1,
            ["unique parent.id"] = 0,
            ["not_null parent.id"] = 0,
            ["no_letter_b"] = 1,
        }, results);
    }

    private static Task<DbtResults> RunAsync(
        DbtProject project, DuckDBConnection db, DbtVerb verb = DbtVerb.Build, bool fullRefresh = false, Dictionary<string, string>? vars = null) =>
        new DbtRunner(project, vars ?? [], new TableStore(fullRefresh), TimeProvider.System).RunAsync(db, verb, null, default);
}
