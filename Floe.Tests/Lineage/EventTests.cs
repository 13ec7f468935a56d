using System.Diagnostics;
using Floe.ServiceDefaults.Lineage;
using Floe.ServiceDefaults.Lineage.Facets;
using Microsoft.Extensions.Configuration;

namespace Floe.Tests.Lineage;

/// <summary>Events as they are written: by the published schemas, and without secrets.</summary>
public sealed class EventTests
{
    [SkippableFact]
    public async Task Every_facet_that_there_is_fits_its_schema()
    {
        var job = new EventJob("floe", "dbt.mart_revenue", new()
        {
            JobType = JobTypeFacet.Batch("DBT", "MODEL"), Sql = new("select 1"), Documentation = new("Revenue by day and region."),
        });
        var orders = new DatasetName("lakehouse", "silver.int_orders_enriched");
        var lineage = new RunEvent
        {
            EventType = RunEventType.Fail,
            EventTime = DateTimeOffset.UtcNow,
            Run = new(LineageRuns.Part(Guid.NewGuid(), "x"), new()
            {
                Parent = ParentFacet.Of(Guid.NewGuid(), new("floe", "transform")),
                ErrorMessage = new("no space"),
                ProcessingEngine = new("DuckDB", "1.5.5"),
                Trace = new(ActivityTraceId.CreateRandom().ToString(), ActivitySpanId.CreateRandom().ToString()),
            }),
            Job = job,
            Inputs = [InputDataset.Of(orders, new() { Version = new("42") }, new() { DataQualityAssertions = new([new("not_null", false, "order_id", "not_null x.order_id", "0", "3")]) })],
            Outputs =
            [
                OutputDataset.Of(new("lakehouse", "gold.mart_revenue"), new()
                {
                    Schema = new([new("revenue", "decimal(18, 2)", "Without cancelled orders.")]),
                    DataSource = new("lakehouse", new("http://127.0.0.1:8181/api/catalog")),
                    Symlinks = new([new("s3://floe", "lakehouse/gold/mart_revenue", "LOCATION")]),
                    ColumnLineage = new(new Dictionary<string, FieldLineage> { ["revenue"] = new([InputField.Of(orders, "total_amount", new FieldTransformation("DIRECT", "AGGREGATION"))]) }),
                    Version = new("43"),
                    Storage = new("iceberg", "parquet"),
                    Documentation = new("Revenue."),
                    IcebergSnapshot = new("43", "42", 7, "overwrite", new Dictionary<string, long> { ["total-records"] = 9 }),
                }, new() { OutputStatistics = new(9, 1234, 1) }),
            ],
        };
        var json = EmitterHost.Json(lineage);
        // All of them are filled: a facet that is added is judged too.
        Assert.Equal(["parent", "errorMessage", "processing_engine", "floe_trace"], json["run"]!["facets"]!.AsObject().Select(f => f.Key));
        Assert.Equal(typeof(JobFacets).GetProperties().Length, json["job"]!["facets"]!.AsObject().Count);
        Assert.Equal(typeof(DatasetFacets).GetProperties().Length, json["outputs"]![0]!["facets"]!.AsObject().Count);
        Assert.Empty(await PublishedSchemas.BreachesAsync([json]));

        // The judge can say no, to events and to facets of Floe's own.
        json["outputs"]![0]!["facets"]!["floe_icebergSnapshot"]!["snapshotId"] = 43;
        json["run"]!["facets"]!["errorMessage"]!.AsObject().Remove("message");
        var breaches = await PublishedSchemas.BreachesAsync([json]);
        Assert.Contains(breaches, breach => breach.Contains("floe_icebergSnapshot", StringComparison.Ordinal));
        Assert.Contains(breaches, breach => breach.Contains("errorMessage", StringComparison.Ordinal));
    }

    [Fact]
    public void A_part_of_a_run_has_one_id_however_often_it_is_asked_for()
    {
        var run = Guid.Parse("0198f0aa-0000-7000-8000-000000000001");
        Assert.Equal(LineageRuns.Part(run, "dbt.stg_orders"), LineageRuns.Part(run, "dbt.stg_orders"));
        Assert.NotEqual(LineageRuns.Part(run, "dbt.stg_orders"), LineageRuns.Part(run, "dbt.stg_products"));
        Assert.Matches("^.{14}8.{4}[89ab]", LineageRuns.Part(run, "x").ToString());
    }

    [Theory]
    [InlineData("28P01: password authentication failed for Password=hunter2secret;Host=x", "28P01: password authentication failed for Password=***;Host=x")]
    [InlineData("cannot connect with client_secret=abc&x=1", "cannot connect with client_secret=***&x=1")]
    [InlineData("{\"access_token\":\"eyJ.x.y\"}", "{\"access_token\":\"***\"}")]
    [InlineData("Authorization: Bearer eyJ.x.y was refused", "Authorization: Bearer *** was refused")]
    [InlineData("GET http://me:pass@host/x?X-Amz-Signature=abc", "GET http://***@host/x?X-Amz-Signature=***")]
    [InlineData("of all things hunter2secret and topsecretvalue", "of all things *** and ***")]
    [InlineData("orders.sql:3: Binder Error: column \"tokens\" not found", "orders.sql:3: Binder Error: column \"tokens\" not found")]
    public void Secrets_are_taken_out_of_messages(string message, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:floe"] = "Host=localhost;Username=floe;Password=hunter2secret",
            ["CUBEJS_API_SECRET"] = "topsecretvalue",
            ["Lakehouse:Bucket"] = "things",
        }).Build();
        Assert.Equal(expected, new SecretMask(configuration).Apply(message));
    }

    [Theory]
    [InlineData("Url", "ftp://x", "Lineage:Url must be an absolute http or https address")]
    [InlineData("Url", "http://me:hunter2@x", "Lineage:Url must be an absolute http or https address without user and password")]
    [InlineData("OutboxEvents", "0", "Lineage:OutboxEvents is 0; it must be a whole number from 1 to 1000000")]
    [InlineData("DrainTimeout", "1.00:00:00", "Lineage:DrainTimeout is 1.00:00:00; it must be a duration from 0 to 20 seconds")]
    [InlineData("Uri", "http://x", "Lineage:Uri is not a setting")]
    public async Task A_wrong_setting_ends_the_start_with_a_sentence(string key, string value, string sentence)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => EmitterHost.StartAsync(null, Path.GetTempPath(), ($"Lineage:{key}", value)));
        Assert.Contains(sentence, failure.Message);
        Assert.DoesNotContain("hunter2", failure.Message);
    }
}
