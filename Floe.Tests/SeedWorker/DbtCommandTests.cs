using System.Text.Json.Nodes;
using Floe.SeedWorker.Transform.CommandLine;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>The verb <c>dbt</c>: the runner over files and a DuckDB database.</summary>
public sealed class DbtCommandTests
{
    [Fact]
    public async Task Files_become_models_in_a_database_that_a_second_run_adds_to()
    {
        using var folder = new DbtFolder(
            ("models/total.sql", "select sum(n)::bigint as total from {{ source('raw', 'numbers') }} where n <= {{ var('limit') }}"),
            ("models/all_numbers.sql", "{{ config(materialized='incremental', unique_key='n') }} select n from {{ source('raw', 'numbers') }} {% if is_incremental() %} where n > (select max(n) from {{ this }}) {% endif %}"),
            ("tests/few.sql", "select * from {{ ref('all_numbers') }} where n > 4"),
            ("data/numbers.csv", "n\n1\n2\n3\n"));
        string[] common = ["--project-dir", folder.Root, "--data", Path.Combine(folder.Root, "data"), "--database", Path.Combine(folder.Root, "x.duckdb"), "--target-path", Path.Combine(folder.Root, "target")];
        var (code, output, _) = await RunAsync(["build", .. common, "--vars", """{"limit": 2}"""]);
        Assert.Equal((0, true), (code, output.Contains("3 well, 0 failed, 0 in error, 0 skipped", StringComparison.Ordinal)));

        folder.Write("data/numbers.csv", "n\n1\n2\n3\n4\n5\n");
        (code, output, _) = await RunAsync(["build", .. common]);
        Assert.Equal(1, code);
        Assert.Contains("all_numbers 2 rows merged", output);
        Assert.Contains("FAIL    few", output);
        var results = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Root, "target", "run_results.json")))!["results"]!.AsArray();
        Assert.Equal(["fail", "success", "success"], results.Select(r => r!["status"]!.ToString()).Order());
        Assert.Equal(1, results.Single(r => r!["unique_id"]!.ToString() == "test.probe.few")!["failures"]!.GetValue<long>());

        (code, output, _) = await RunAsync(["ls", "--project-dir", folder.Root, "--select", "resource_type:model"]);
        Assert.Equal("model.probe.all_numbers\nmodel.probe.total\ntest.probe.few\n", output.ReplaceLineEndings("\n"));
        (code, _, _) = await RunAsync(["compile", .. common, "--select", "total"]);
        Assert.Contains("where n <= 3", File.ReadAllText(Path.Combine(folder.Root, "target", "compiled", "models", "total.sql")));
    }

    [Theory]
    [InlineData("", 64, "")]
    [InlineData("deploy", 64, "'deploy' is no command; there are run, test, build, ls and compile")]
    [InlineData("run --threads 3", 64, "'--threads' is no option")]
    [InlineData("ls --select nobody", 64, "'nobody' selects nothing")]
    [InlineData("run --data /nowhere", 64, "--data is /nowhere, which has neither a folder")]
    [InlineData("run --vars 7", 64, "--vars is 7; it must be a JSON object")]
    [InlineData("run --project-dir /nowhere", 1, "dbt_project.yml:1: There is no such file in '/nowhere'")]
    public async Task A_wrong_command_line_is_said(string line, int code, string says)
    {
        var (found, _, errors) = await RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(code, found);
        Assert.Contains(says, errors);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string[] args)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        return (await DbtCommand.RunAsync(args, output, errors, TimeProvider.System, default), output.ToString(), errors.ToString());
    }
}
