using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Bootstrap;
using Floe.SeedWorker.Evidence;
using Floe.SeedWorker.Evidence.Checks;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Transform;
using Floe.ServiceDefaults.Lineage;
using Floe.Tests.Clients;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Floe.Tests.Evidence;

/// <summary>The worker's checks: all hold on a stack that is well, and each fails when what it looks at is broken.</summary>
public sealed class EvidenceTests(VerifiedStack stack) : IClassFixture<VerifiedStack>
{
    [Fact]
    public async Task Every_check_holds_on_a_stack_that_is_well()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/evidence?orders=7");
        request.Headers.TryAddWithoutValidation(EvidenceRequest.TokenHeader, stack.Request.Token);
        request.Headers.TryAddWithoutValidation(EvidenceRequest.LimitedTokenHeader, stack.Request.LimitedToken);
        request.Headers.TryAddWithoutValidation(EvidenceRequest.ExpiredTokenHeader, stack.Request.ExpiredToken);
        using var response = await stack.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var report = JsonNode.Parse(text)!;

        Assert.All(report["checks"]!.AsArray(), check => Assert.True((string?)check!["status"] == "pass", check.ToJsonString()));
        Assert.Equal((1, "pass"), ((int)report["version"]!, (string)report["status"]!));
        Assert.Equal(
            ["postgres", "store", "catalog", "marquez", "cube", "contract", "models", "read-only", "access", "batch", "totals-marts", "totals-cube", "lineage"],
            report["checks"]!.AsArray().Select(check => (string)check!["name"]!));
        var batch = report["checks"]!.AsArray().Single(check => (string)check!["name"]! == "batch")!;
        Assert.Matches(@"^\d+ \+ 7 = \d+ orders$", (string)batch["expected"]!);
        Assert.Matches(@"^\d+ orders after \d+ ms$", (string)batch["actual"]!);
        foreach (var token in new[] { stack.Request.Token!, stack.Request.LimitedToken!, stack.Request.ExpiredToken! })
            Assert.DoesNotContain(token, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_tokens_nothing_is_written_and_what_needs_them_is_not_checked()
    {
        var runs = (await stack.Get<RunStore>().ListAsync(500, default)).Count;
        // As the test pod of the worker's chart asks, by its own script.
        var (code, said) = await ChartTestAsync("fail", attempts: 20);
        Assert.True(code == 0, said);
        var report = JsonNode.Parse(said[said.IndexOf("{\n", StringComparison.Ordinal)..])!;
        Assert.Equal("pass", (string)report["status"]!);
        Assert.Equal(["cube", "access", "batch", "totals-cube"], report["checks"]!.AsArray().Where(check => (string)check!["status"]! == "skip").Select(check => (string)check!["name"]!));
        Assert.Equal(runs, (await stack.Get<RunStore>().ListAsync(500, default)).Count);

        // What is looked for ends it with an error.
        Assert.Equal(1, (await ChartTestAsync("skip", attempts: 1)).ExitCode);

        using var wrong = await stack.Http.GetAsync("/api/evidence?orders=0");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("Parameter 'orders' is '0'; it must be a whole number from 1 to 10000", await wrong.Content.ReadAsStringAsync());
    }

    /// <summary>The script of "helm test" for this worker.</summary>
    /// <param name="bad">The status that it is not content with.</param>
    /// <param name="attempts">How often it asks: the cubes' lineage may still be on its way.</param>
    private async Task<(int ExitCode, string Output)> ChartTestAsync(string bad, int attempts)
    {
        var template = await File.ReadAllTextAsync(Path.Combine(NodeScript.Modules, "..", "charts", "floe-worker", "templates", "tests", "worker.yaml"));
        var script = Regex.Match(template, @"args:\n +- \|\n(.*?)\n      resources:", RegexOptions.Singleline).Groups[1].Value
            .Replace("""{{ include "floe-worker.address" . }}""", stack.Http.BaseAddress!.ToString().TrimEnd('/')).Replace("$(seq 20)", $"$(seq {attempts})").Replace("sleep 5", "sleep 0.5").Replace("\"fail\"", $"\"{bad}\"");
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    [Fact]
    public async Task A_login_that_postgresql_refuses_fails() =>
        Assert.Contains("password authentication failed", await ReasonAsync(new PostgresCheck(() =>
            NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(stack.Settings["ConnectionStrings:floe"]) { Password = "wrong", Pooling = false }))));

    [Fact]
    public async Task Keys_that_the_store_refuses_fail()
    {
        using var files = new S3FileIO(stack.Get<LakehouseConnection>() with { SecretKey = "wrong" });
        Assert.Contains("s3://", await ReasonAsync(new StoreCheck(files, stack.Get<BootstrapPlan>())));
    }

    [Fact]
    public async Task A_namespace_that_is_missing_fails() =>
        await FailsAsync(new CatalogCheck(stack.Get<IHttpClientFactory>(), stack.Get<BootstrapPlan>() with { Namespaces = ["bronze", "silver", "platinum"] }, stack.Get<IFileIO>(), TimeProvider.System), "bronze, silver");

    [Fact]
    public async Task A_lineage_server_that_knows_nothing_of_the_stack_fails() =>
        await FailsAsync(new LineageServerCheck(stack.Get<MarquezApi>(), Options.Create(new LineageOptions { Namespace = "elsewhere" }), stack.Get<BootstrapPlan>()), stack.Get<BootstrapPlan>().Catalog);

    [Fact]
    public async Task A_graph_that_does_not_lead_to_the_cube_fails()
    {
        var plan = stack.Get<BootstrapPlan>();
        // The way of another lakehouse, of which there are no events.
        var check = new LineageCheck(stack.Get<MarquezApi>(), stack.Get<CubeApi>(), plan with { Writer = plan.Writer with { Connection = plan.Writer.Connection with { Warehouse = "elsewhere" } } }, TimeProvider.System);
        await FailsAsync(check, "no such way in the graph", seconds: 1);
    }

    [Fact]
    public async Task A_token_that_cubeproxy_refuses_fails() =>
        Assert.Contains("CubeProxy answers 403 (Invalid token)", await ReasonAsync(stack.Check("cube"), stack.Request with { Token = stack.Request.ExpiredToken }));

    [Fact]
    public async Task A_column_that_the_contract_does_not_have_fails()
    {
        var catalog = stack.Get<ICatalog>();
        var products = new TableIdentifier(Shop.Bronze, "products");
        await (await catalog.LoadTableAsync(products, default)).NewTransaction().UpdateSchema(u => u.AddColumn("colour", Floe.Lakehouse.Schemas.PrimitiveType.String)).CommitAsync(default);
        try
        {
            await FailsAsync(stack.Check("contract"), "bronze.products has the column colour, of which nothing is said");
        }
        finally
        {
            await (await catalog.LoadTableAsync(products, default)).NewTransaction().UpdateSchema(u => u.DropColumn("colour")).CommitAsync(default);
        }
    }

    [Fact]
    public async Task A_documented_column_of_another_type_fails()
    {
        using var project = Floe.Tests.SeedWorker.DbtFolder.CopyOfShipped();
        const string File = "models/marts/schema.yml";
        project.Write(File, (await System.IO.File.ReadAllTextAsync(Path.Combine(project.Root, File))).Replace("name: cancelled_count, data_type: bigint", "name: cancelled_count, data_type: integer", StringComparison.Ordinal));
        await FailsAsync(new DocumentedColumnsCheck(stack.Get<ICatalog>(), Options.Create(new TransformOptions { ProjectDirectory = project.Root })), "gold.mart_revenue.cancelled_count is long, not int");
    }

    [Fact]
    public async Task A_reader_that_may_write_fails_and_what_it_wrote_is_taken_back()
    {
        var (plan, catalog) = (stack.Get<BootstrapPlan>(), stack.Get<ICatalog>());
        var check = new ReaderCheck(stack.Get<IHttpClientFactory>(), plan with { Reader = plan.Writer }, catalog, stack.Get<IFileIO>(), TimeProvider.System);
        var finding = await check.RunAsync(stack.Request, default);
        Assert.False(finding.Holds);
        Assert.Matches("^read 200, create 200, change 200, namespace 200; the table gold.floe_evidence_[0-9a-f]{32}, a property of bronze.orders, a property of gold changed$", finding.Actual);
        Assert.DoesNotContain(await catalog.ListTablesAsync(Shop.Gold, default), table => table.Name.StartsWith("floe_evidence", StringComparison.Ordinal));
        Assert.DoesNotContain("floe.evidence", (await catalog.LoadTableAsync(new(Shop.Bronze, "orders"), default)).Metadata.Properties.Keys);
    }

    [Fact]
    public async Task A_cube_without_its_access_policy_fails()
    {
        var model = Directory.CreateTempSubdirectory("floe-open-model-").FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "model")))
        {
            var text = await File.ReadAllTextAsync(file);
            var (from, to) = (text.IndexOf("    access_policy:", StringComparison.Ordinal), text.IndexOf("    dimensions:", StringComparison.Ordinal));
            await File.WriteAllTextAsync(Path.Combine(model, Path.GetFileName(file)), from < 0 ? text : text.Remove(from, to - from));
        }

        await using var open = await (await stack.CubeAsync(model)).WhenReadyAsync();
        var cube = new CubeApi(stack.Get<IHttpClientFactory>(), Options.Create(new EvidenceOptions { CubeUrl = open.Client.BaseAddress!.ToString() }));
        var finding = await new AccessCheck(cube, stack.Get<LakeTotals>()).RunAsync(stack.Request, default);
        Directory.Delete(model, recursive: true);
        Assert.False(finding.Holds);
        Assert.Contains("no claim 200", finding.Actual);
        Assert.Contains("customers of APAC", finding.Actual);
    }

    [Fact]
    public async Task A_batch_that_the_models_cannot_take_fails_and_the_totals_differ()
    {
        const string Model = "models/marts/mart_revenue.sql";
        var sql = await File.ReadAllTextAsync(Path.Combine(stack.Project.Root, Model));
        stack.Project.Write(Model, $"{sql}\nno sql");
        try
        {
            var finding = await stack.Check("batch").RunAsync(stack.Request, default);
            Assert.False(finding.Holds);
            Assert.Contains("orders: the run failed: ", finding.Actual);

            // The batch is in the raw tables, and nowhere else.
            foreach (var check in Totals(patience: 0))
            {
                var totals = await check.RunAsync(stack.Request, default);
                Assert.False(totals.Holds, check.Name);
                Assert.NotEqual(totals.Expected, totals.Actual);
            }
        }
        finally
        {
            stack.Project.Write(Model, sql);
            await stack.Get<JobQueue>().AddAsync(TransformJob.JobName, [], "api", null, default);
        }

        foreach (var check in Totals(patience: 270))
            Assert.True((await check.RunAsync(stack.Request, default)).Holds, check.Name);

        TotalsCheck[] Totals(int patience)
        {
            var options = Options.Create(new EvidenceOptions { TimeoutSeconds = patience });
            return [new MartTotalsCheck(stack.Get<LakeTotals>(), TimeProvider.System, options), new CubeTotalsCheck(stack.Get<LakeTotals>(), stack.Get<CubeApi>(), TimeProvider.System, options)];
        }
    }

    [Fact]
    public async Task A_check_that_hangs_or_breaks_is_one_result_and_a_second_verification_is_refused()
    {
        var (hangs, began) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var runner = new EvidenceRunner([new Given("breaks", _ => throw new InvalidDataException("the reason")), new Given("waits", async _ =>
        {
            began.SetResult();
            await hangs.Task;
            return new("1", "1");
        }), new Given("differs", _ => Task.FromResult(new Finding("1", "2")))], Options.Create(new EvidenceOptions()), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<EvidenceRunner>.Instance);
        var first = runner.RunAsync(stack.Request, default);
        await began.Task;
        Assert.Null(await runner.RunAsync(stack.Request, default));
        hangs.SetResult();
        var report = (await first)!;
        Assert.Equal(EvidenceStatus.Fail, report.Status);
        Assert.Equal([("breaks", EvidenceStatus.Fail, "the reason"), ("waits", EvidenceStatus.Pass, null), ("differs", EvidenceStatus.Fail, null)], report.Checks.Select(c => (c.Name, c.Status, c.Reason)));
    }

    private async Task FailsAsync(IEvidenceCheck check, string actual, double seconds = 120)
    {
        var finding = await RunAsync(check, stack.Request, seconds);
        Assert.False(finding.Holds);
        Assert.Equal(actual, finding.Actual);
        Assert.NotEqual(actual, finding.Expected);
    }

    private async Task<string> ReasonAsync(IEvidenceCheck check, EvidenceRequest? request = null) =>
        (await Assert.ThrowsAnyAsync<Exception>(() => check.RunAsync(request ?? stack.Request, default))).Message;

    private static async Task<Finding> RunAsync(IEvidenceCheck check, EvidenceRequest request, double seconds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        return await check.RunAsync(request, patience.Token);
    }

    private sealed class Given(string name, Func<CancellationToken, Task<Finding>> run) : IEvidenceCheck
    {
        public string Name => name;

        public string Compared => "";

        public Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct) => run(ct);
    }
}
