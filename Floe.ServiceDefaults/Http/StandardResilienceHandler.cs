using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Floe.ServiceDefaults.Http;

/// <summary>
/// Retries requests that may be repeated (GET, HEAD, OPTIONS, PUT, DELETE; RFC 9110, 9.2.2) on network errors, 408, 429, 502, 503 and 504, three times
/// with exponential back-off and jitter; each attempt is bounded. Stands where Microsoft.Extensions.Http.Resilience can, on feeds that have it.
/// </summary>
internal sealed class StandardResilienceHandler : DelegatingHandler
{
    private static readonly TimeSpan s_attemptTimeout = TimeSpan.FromSeconds(30);

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 3,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = static outcome => ValueTask.FromResult(outcome.Outcome switch
            {
                { Exception: TimeoutRejectedException } => true,
                { Exception: { } e } when ConnectionFailure.Is(e) => true,
                { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
                    or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
                _ => false,
            }),
        })
        .AddTimeout(s_attemptTimeout)
        .Build();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!IsRepeatable(request))
            return await base.SendAsync(request, cancellationToken);
        try
        {
            return await _pipeline.ExecuteAsync(async token => await base.SendAsync(request, token), cancellationToken);
        }
        catch (TimeoutRejectedException e)
        {
            // Callers know the exceptions of HttpClient, not those of the pipeline.
            throw new HttpRequestException($"No answer came within {s_attemptTimeout.TotalSeconds:0} s, in several tries.", e);
        }
    }

    // A body that was streamed once is gone; buffered bodies (StringContent, ByteArrayContent, none) can be sent again.
    private static bool IsRepeatable(HttpRequestMessage request) =>
        (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options
            || request.Method == HttpMethod.Put || request.Method == HttpMethod.Delete)
        && request.Content is null or ByteArrayContent;
}
