using System.Collections.Concurrent;
using System.Diagnostics;

namespace Floe.Tests.Minio;

/// <summary>What the dashboard gets to see of a request.</summary>
public sealed class TelemetryTests(MinioFixture minio) : IClassFixture<MinioFixture>
{
    [SkippableFact]
    public async Task A_span_is_named_by_kind_and_tagged_with_the_bucket()
    {
        Skip.IfNot(minio.IsEmbedded, "SKIPPED: the server judged by FLOE_S3_URL runs elsewhere, so its spans cannot be listened to.");
        var bucket = await minio.NewBucketAsync();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await new RawS3(minio.Endpoint, minio.AccessKey, minio.SecretKey).SendAsync("PUT", $"/{bucket}/some/key", "x"u8.ToArray());
        Activity? span;
        // The span ends after the answer has left.
        while ((span = spans.FirstOrDefault(s => (string?)s.GetTagItem("aws.s3.bucket") == bucket)) is null)
            await Task.Delay(5);
        Assert.Equal("PUT /{bucket}/{key}", span.DisplayName);
        Assert.Equal("/{bucket}/{key}", span.GetTagItem("http.route"));
    }
}
