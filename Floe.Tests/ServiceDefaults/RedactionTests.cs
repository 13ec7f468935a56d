using System.Diagnostics;
using Floe.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Floe.Tests.ServiceDefaults;

public sealed class RedactionTests
{
    private readonly Redaction _redaction = new(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["CUBEJS_API_SECRET"] = "a-signing-secret", ["ConnectionStrings:floe"] = "Host=localhost;Username=floe;Password=database-word",
    }).Build());

    [Theory]
    [InlineData("signed with a-signing-secret, opened with database-word.", "signed with ***, opened with ***.")]
    [InlineData("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl was sent", "Bearer *** was sent")]
    [InlineData("mail to ada.lovelace+x@example.co.uk bounced", "mail to *** bounced")]
    [InlineData("models/a.sql:3: Conversion Error: Could not convert string 'Ada' to INT32", "models/a.sql:3: Conversion Error: Could not convert string *** to INT32")]
    [InlineData("Constraint Error: Duplicate key \"id: 5\" violates", "Constraint Error: Duplicate key *** violates")]
    [InlineData("Binder Error: Referenced column \"region\" not found", "Binder Error: Referenced column \"region\" not found")]
    [InlineData("the table bronze.orders has 5 rows", "the table bronze.orders has 5 rows")]
    public void What_may_not_be_told_is_masked_and_the_rest_is_left(string text, string expected) => Assert.Equal(expected, _redaction.Apply(text));

    [Fact]
    public void Spans_have_it_neither_in_attributes_nor_in_the_reason()
    {
        using var span = new Activity("x").SetTag("a", "ada@example.com").SetTag("n", 5).SetTag("all", new[] { "b", "ada@example.com" }).Start();
        span.SetStatus(ActivityStatusCode.Error, "no a-signing-secret");
        new RedactionSpanProcessor(_redaction).OnEnd(span);
        Assert.Equal(("***", 5, "no ***"), (span.GetTagItem("a"), span.GetTagItem("n"), span.StatusDescription));
        Assert.Equal(["b", "***"], (IEnumerable<string>)span.GetTagItem("all")!);
    }

    [Fact]
    public void Log_records_have_it_neither_in_text_nor_in_values_nor_in_exceptions()
    {
        var kept = new Kept();
        using (var factory = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.AddProcessor(new RedactionLogProcessor(_redaction)).AddProcessor(kept);
        })))
            factory.CreateLogger("c").LogError(new InvalidDataException("row of ada@example.com"), "failed for {Who}, attempt {Attempt}", "ada@example.com", 2);
        var record = Assert.Single(kept.Records);
        Assert.DoesNotContain("ada@", record, StringComparison.Ordinal);
        Assert.Contains("failed for ***, attempt 2", record, StringComparison.Ordinal);
        Assert.Contains("exception.message=row of ***", record, StringComparison.Ordinal);
        Assert.Contains("Attempt=2", record, StringComparison.Ordinal);
    }

    /// <summary>What would be exported.</summary>
    private sealed class Kept : BaseProcessor<LogRecord>
    {
        public List<string> Records { get; } = [];

        public override void OnEnd(LogRecord data) =>
            Records.Add($"{data.FormattedMessage} {data.Body} {data.Exception} {string.Join(' ', data.Attributes?.Select(a => $"{a.Key}={a.Value}") ?? [])}");
    }
}
