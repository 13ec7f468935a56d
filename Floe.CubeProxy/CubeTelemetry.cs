using System.Diagnostics;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Query;
using Floe.ServiceDefaults.Telemetry;

namespace Floe.CubeProxy;

/// <summary>Spans of this service. They have names and counts, never values of filters or rows, nor the texts of errors, which repeat what was asked for.</summary>
internal static class CubeTelemetry
{
    /// <summary>Attribute: how the answer came about, one of the names below.</summary>
    public const string Cache = "cube.cache";

    /// <summary>It was kept from an earlier request.</summary>
    public const string Hit = "hit";

    /// <summary>An equal request was being answered, and its answer was waited for.</summary>
    public const string Shared = "shared";

    /// <summary>The engine was asked.</summary>
    public const string Miss = "miss";

    /// <summary>The engine was asked because the client wants no kept answer, or it cannot be kept.</summary>
    public const string Off = "off";

    public static ActivitySource Source { get; } = new(QueryEngine.ActivitySourceName);

    /// <summary>Marks a span as failed by the kind of error alone.</summary>
    public static void FailedBy(this Activity? span, string type)
    {
        if (span is null) return;
        span.SetTag("error.type", type);
        span.SetTag("cube.error_type", type);
        span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>The kind of an error.</summary>
    public static string KindOf(Exception e) => e switch
    {
        CubeApiException api => api.ErrorType,
        OperationCanceledException => "cancelled",
        _ => e.GetType().FullName!,
    };
}
