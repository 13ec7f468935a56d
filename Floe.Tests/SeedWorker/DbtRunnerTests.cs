using DuckDB.NET.Data;
using Floe.SeedWorker.Transform;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>Incremental strategies, selection, and what is left out when something fails.</summary>
public sealed class DbtRunnerTests
{
    private const string Rows = "select id, day, amount from {{ source('raw', 'numbers') }} {% if is_incremental() %} where batch > (select max(batch) from {{ source('raw', 'numbers') }}) - 1 {% endif %}";

    [Theory]
    [InlineData("incremental_strategy='delete+insert', unique_key='id'", "1|1|10, 2|1|21, 3|2|30")]
    [InlineData("incremental_strategy='delete+insert', unique_key='day'", "2|1|21, 3|2|30")]
    [InlineData("incremental_strategy='delete+insert', unique_key=['id', 'day']", "1|1|10, 2|1|21, 3|2|30")]
    [InlineData("unique_key='id'", "1|1|10, 2|1|21, 3|2|30")]
    [InlineData("incremental_strategy='merge', unique_key='id'", "1|1|10, 2|1|21, 3|2|30")]
    [InlineData("incremental_strategy='append'", "1|1|10, 2|1|20, 2|1|21, 3|2|30")]
    public async Task Rows_of_a_second_run_come_in_as_the_strategy_says(string config, string expected)
    {
        using var folder = new DbtFolder(("models/m.sql", $"{{{{ config(materialized='incremental', {config}) }}}} {Rows}"));
        using var db = Numbers();
        var first = await RunAsync(folder, db);
        Assert.Equal((false, 2L), (first.Models.Single().Incremental, first.Models.Single().Rows));
        db.Execute("insert into raw.numbers values (2, 1, 21, 2), (3, 2, 30, 2)");
        var second = await RunAsync(folder, db);
        Assert.Equal((true, 2L), (second.Models.Single().Incremental, second.Models.Single().Rows));
        Assert.Equal(expected, string.Join(", ", db.Rows("from m order by all")));

        // Again the same rows: only appending has them twice. A full refresh has each once.
        Assert.True((await RunAsync(folder, db)).Succeeded);
        Assert.Equal(config.Contains("append", StringComparison.Ordinal), db.Count("select count(*) from m") > expected.Split(',').Length);
        Assert.False((await RunAsync(folder, db, fullRefresh: true)).Models.Single().Incremental);
        Assert.Equal(4, db.Count("select count(*) from m"));
    }

    [Theory]
    [InlineData("merge")]
    [InlineData("delete+insert")]
    public async Task Rows_that_the_predicates_leave_out_are_not_replaced(string strategy)
    {
        using var folder = new DbtFolder(("models/m.sql", $"{{{{ config(materialized='incremental', incremental_strategy='{strategy}', unique_key='id', incremental_predicates=['DBT_INTERNAL_DEST.day >= 2', 'true']) }}}} {Rows}"));
        using var db = Numbers();
        db.Execute("insert into raw.numbers values (3, 2, 30, 1)");
        await RunAsync(folder, db);
        db.Execute("insert into raw.numbers values (2, 1, 21, 2), (3, 2, 31, 2)");
        Assert.True((await RunAsync(folder, db)).Succeeded);
        Assert.Equal(["1|1|10", "2|1|20", "2|1|21", "3|2|31"], db.Rows("from m order by all"));
    }

    [Fact]
    public async Task A_merge_refuses_two_new_rows_with_one_key_and_changes_nothing()
    {
        using var folder = new DbtFolder(("models/m.sql", $"{{{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id') }}}} {Rows}"));
        using var db = Numbers();
        await RunAsync(folder, db);
        db.Execute("insert into raw.numbers values (2, 1, 21, 2), (2, 1, 22, 2)");
        var error = Assert.Throws<DbtException>((await RunAsync(folder, db)).ThrowIfFailed);
        Assert.Contains("models/m.sql:1: 1 keys (id) are in several of the run's rows", error.Message);
        Assert.Equal(["1|1|10", "2|1|20"], db.Rows("from m order by all"));
    }

    [Fact]
    public async Task Changed_columns_fail_or_are_appended()
    {
        using var folder = new DbtFolder(("models/m.sql", $"{{{{ config(materialized='incremental', unique_key='id') }}}} {Rows}"));
        using var db = Numbers();
        await RunAsync(folder, db);
        var wider = Rows.Replace("amount", "amount + 1 as more", StringComparison.Ordinal);
        folder.Write("models/m.sql", $"{{{{ config(materialized='incremental', unique_key='id') }}}} {wider}");
        var error = Assert.Throws<DbtException>((await RunAsync(folder, db)).ThrowIfFailed);
        Assert.Contains("(new: more; missing: amount) and on_schema_change is 'fail'", error.Message);

        folder.Write("models/m.sql", $"{{{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}}} {wider.Replace("where batch", "where id = 2 and batch", StringComparison.Ordinal)}");
        Assert.True((await RunAsync(folder, db)).Succeeded);
        Assert.Equal(["1|1|10|", "2|1||21"], db.Rows("from m order by id"));
    }

    [Theory]
    [InlineData("materialized='incremental'", "unique_key")]
    [InlineData("materialized='incremental', incremental_strategy='append', unique_key='id'", "whatever their unique_key")]
    [InlineData("materialized='incremental', incremental_strategy='insert_overwrite', unique_key='id'", "'insert_overwrite' is not supported")]
    [InlineData("materialized='incremental', unique_key='id', on_schema_change='sync_all_columns'", "'sync_all_columns' is not supported")]
    [InlineData("materialized='incremental', unique_key=3", "unique_key must be")]
    [InlineData("materialized='snapshot'", "'snapshot' is not supported")]
    [InlineData("meta={'iceberg_namespace': 'silver'}", "A view cannot be landed")]
    [InlineData("materialized='ephemeral', meta={'iceberg_namespace': 'silver'}", "An ephemeral model cannot be landed")]
    [InlineData("materialized='incremental', unique_key='id', incremental_predicates=[3]", "incremental_predicates must be a list of conditions")]
    [InlineData("materialized='incremental', incremental_strategy='append', incremental_predicates=['true']", "the model replaces none")]
    [InlineData("materialized='table', incremental_predicates=['true']", "the model replaces none")]
    [InlineData("meta={'iceberg_partition': 'day'}", "meta.iceberg_partition is not known")]
    public void A_setting_that_is_not_supported_is_refused_by_file_and_line(string config, string says)
    {
        using var folder = new DbtFolder(("models/m.sql", $"-- a comment\n{{{{ config({config}) }}}}\nselect 1 as id"));
        var error = Assert.Throws<DbtException>(folder.Load);
        Assert.Equal(("models/m.sql", 2), (error.File, error.Line));
        Assert.Contains(says, error.Message);
    }

    [Fact]
    public async Task What_reads_a_failed_model_or_one_with_a_failing_test_is_left_out()
    {
        using var folder = Graph();
        folder.Write("models/b.sql", "select nonsense from {{ ref('a') }}");
        folder.Write("models/x.sql", "select 2 as id union all select 2");
        using var db = Numbers();
        var results = await RunAsync(folder, db);
        string Status(string name) => results.Nodes.Single(n => n.Name == name).Status.ToString();
        Assert.Equal(["Success", "Error", "Skipped", "Success", "Fail", "Skipped", "Skipped"],
            ((string[])["a", "b", "c", "x", "unique x.id", "y", "sums"]).Select(Status));
        Assert.Equal(0, db.Count("select count(*) from information_schema.tables where table_name in ('b', 'c', 'y')"));

        // A run asks no tests, so that y is built.
        Assert.Equal("Success", (await RunAsync(folder, db, DbtVerb.Run)).Nodes.Single(n => n.Name == "y").Status.ToString());
        Assert.Equal(["Error", "Fail"], (await RunAsync(folder, db, DbtVerb.Test)).Nodes.Select(n => n.Status.ToString()).Order());
    }

    [Theory]
    [InlineData("a", "", "a")]
    [InlineData("a+", "", "a b c")]
    [InlineData("a+1", "", "a b")]
    [InlineData("+c", "", "a b c")]
    [InlineData("1+c", "", "b c")]
    [InlineData("+y c", "", "c x y")]
    [InlineData("+c,config.materialized:view", "", "a b")]
    [InlineData("tag:nightly", "", "c y")]
    [InlineData("path:models/deep", "", "y")]
    [InlineData("deep", "", "y")]
    [InlineData("file:y.sql", "", "y")]
    [InlineData("source:raw+", "", "a b c")]
    [InlineData("exposure:board,resource_type:exposure", "", "")]
    [InlineData("+exposure:board", "", "a b c")]
    [InlineData("*", "", "a b c x y")]
    [InlineData("", "a+", "x y")]
    [InlineData("resource_type:model", "tag:nightly", "a b x")]
    public void Nodes_are_selected_as_dbt_does(string select, string exclude, string expected)
    {
        using var folder = Graph();
        var graph = new NodeGraph(folder.Load());
        var selected = NodeSelector.Select(graph, select, exclude);
        Assert.Equal(expected, string.Join(' ', selected.Where(id => id.StartsWith("model.", StringComparison.Ordinal)).Select(id => id.Split('.')[^1]).Order(StringComparer.Ordinal)));
        Assert.Equal(selected.Contains("model.probe.x"), selected.Contains("test.probe.unique_x_id"));
    }

    [Theory]
    [InlineData("nothing", "'nothing' selects nothing")]
    [InlineData("colour:red", "the method 'colour' is not supported")]
    [InlineData("++a", "'++a' is not understood")]
    public void A_selection_that_is_wrong_says_so(string select, string says)
    {
        using var folder = Graph();
        var graph = new NodeGraph(folder.Load());
        Assert.Contains(says, Assert.Throws<SelectionException>(() => NodeSelector.Select(graph, select, "")).Message);
    }

    private static DbtFolder Graph() => new(
        ("models/a.sql", "select * from {{ source('raw', 'numbers') }}"),
        ("models/b.sql", "select * from {{ ref('a') }}"),
        ("models/c.sql", "{{ config(materialized='table', tags=['nightly', 'big']) }} select * from {{ ref('b') }}"),
        ("models/x.sql", "select 1 as id"),
        ("models/deep/y.sql", "{{ config(tags='nightly') }} select * from {{ ref('x') }}"),
        ("tests/sums.sql", "select 1 from {{ ref('c') }} where id is null"),
        ("models/schema.yml", """
            version: 2
            models:
              - name: x
                columns: [{ name: id, data_tests: [unique] }]
            exposures:
              - name: board
                type: dashboard
                owner: { name: Ann }
                depends_on: [ref('c')]
            """));

    private static DuckDBConnection Numbers()
    {
        var db = GeneratedShop.OpenDatabase();
        db.Execute("create schema raw; create table raw.numbers(id int, day int, amount int, batch int); insert into raw.numbers values (1, 1, 10, 1), (2, 1, 20, 1)");
        return db;
    }

    private static Task<DbtResults> RunAsync(DbtFolder folder, DuckDBConnection db, DbtVerb verb = DbtVerb.Build, bool fullRefresh = false) =>
        new DbtRunner(folder.Load(), new Dictionary<string, string>(), new TableStore(fullRefresh), TimeProvider.System).RunAsync(db, verb, null, default);
}
