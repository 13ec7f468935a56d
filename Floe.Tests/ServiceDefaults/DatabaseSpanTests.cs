using System.Diagnostics;
using Floe.ServiceDefaults.Telemetry;

namespace Floe.Tests.ServiceDefaults;

public sealed class DatabaseSpanTests
{
    [Theory]
    [InlineData("\n  select id from entities where id = $1", "SELECT polaris", "SELECT")]
    [InlineData("insert into runs values ($1)", "INSERT polaris", "INSERT")]
    public void A_driver_span_gets_a_telling_name_and_the_stable_attributes(string sql, string name, string summary)
    {
        using var source = new ActivitySource("Npgsql");
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => ReferenceEquals(s, source),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var span = source.StartActivity("postgresql", ActivityKind.Client)!;
        span.SetTag("db.statement", sql).SetTag("db.name", "polaris").SetTag("net.peer.port", 5432);
        new DatabaseSpanProcessor().OnEnd(span);
        Assert.Equal(name, span.DisplayName);
        Assert.Equal(summary, span.GetTagItem("db.query.summary"));
        Assert.Equal("postgresql", span.GetTagItem("db.system.name"));
        Assert.Equal(5432, span.GetTagItem("server.port"));
    }
}
