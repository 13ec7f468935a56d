using System.Diagnostics;

namespace Floe.ServiceDefaults.Telemetry;

/// <summary>How spans say that they failed: <c>error.type</c>, the reason as the status' description, and what failed.</summary>
public static class SpanFailure
{
    /// <summary>Attribute: what failed (a service, a file, a model), where it is known.</summary>
    public const string Resource = "floe.failed_resource";

    private const int LongestReason = 500;

    /// <summary>Marks the span as failed; nothing for none.</summary>
    /// <param name="span">The span.</param>
    /// <param name="error">Its message becomes the reason.</param>
    /// <param name="resource">What failed; null leaves what an inner step said.</param>
    public static void Failed(this Activity? span, Exception error, string? resource = null) =>
        span.Failed(error.GetType().FullName!, error.Message, resource);

    /// <summary>As the other overload, where there is no exception.</summary>
    public static void Failed(this Activity? span, string type, string reason, string? resource = null)
    {
        if (span is null)
            return;
        span.SetTag("error.type", type);
        if (resource is not null)
            span.SetTag(Resource, resource);
        span.SetStatus(ActivityStatusCode.Error, reason.Length > LongestReason ? reason[..LongestReason] : reason);
    }
}
