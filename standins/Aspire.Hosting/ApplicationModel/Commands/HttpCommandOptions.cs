namespace Aspire.Hosting.ApplicationModel;

/// <summary>How an HTTP command sends its request and reads the answer.</summary>
public class HttpCommandOptions : CommandOptions
{
    internal static new readonly HttpCommandOptions Default = new();

    public Func<EndpointReference>? EndpointSelector { get; set; }

    /// <summary>A named client of <c>IHttpClientFactory</c>; null: the unnamed one, without timeout.</summary>
    public string? HttpClientName { get; set; }

    /// <summary>POST when null.</summary>
    public HttpMethod? Method { get; set; }

    public Func<HttpCommandRequestContext, Task>? PrepareRequest { get; set; }

    public Func<HttpCommandResultContext, Task<ExecuteCommandResult>>? GetCommandResult { get; set; }

    /// <summary>Whether the answer's body becomes the command's result.</summary>
    public HttpCommandResultMode ResultMode { get; set; }
}

/// <summary>What becomes of the answer's body.</summary>
public enum HttpCommandResultMode
{
    None = 0,

    /// <summary>By the answer's content type.</summary>
    Auto = 1,
    Json = 2,
    Text = 3,
}

/// <summary>The request before it is sent.</summary>
public sealed class HttpCommandRequestContext
{
    public required IServiceProvider Services { get; init; }

    [Obsolete("Use Services instead.")]
    public IServiceProvider ServiceProvider => Services;

    public required string ResourceName { get; init; }

    public required EndpointReference Endpoint { get; init; }

    public required CancellationToken CancellationToken { get; init; }

    public required HttpClient HttpClient { get; init; }

    public required HttpRequestMessage Request { get; init; }

    public InteractionInputCollection Arguments { get; init; } = new([]);
}

/// <summary>The answer of an HTTP command.</summary>
public sealed class HttpCommandResultContext
{
    public required IServiceProvider Services { get; init; }

    [Obsolete("Use Services instead.")]
    public IServiceProvider ServiceProvider => Services;

    public required string ResourceName { get; init; }

    public required EndpointReference Endpoint { get; init; }

    public required CancellationToken CancellationToken { get; init; }

    public required HttpClient HttpClient { get; init; }

    public required HttpResponseMessage Response { get; init; }
}
