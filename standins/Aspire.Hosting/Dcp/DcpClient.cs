using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Aspire.Hosting.Dcp;

/// <summary>Talks to DCP's API: objects, watches, logs, the end.</summary>
internal sealed class DcpClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly DcpCertificate _certificate;
    private readonly Uri _server;
    private readonly string _base;
    private readonly string _sessionFolder;
    private readonly TimeProvider _time;

    public DcpClient(Uri server, string token, DcpCertificate certificate, string sessionFolder, TimeProvider time)
    {
        (_certificate, _server, _sessionFolder, _time) = (certificate, server, sessionFolder, time);
        _base = new Uri(server, $"/apis/{DcpKinds.ApiVersion}").AbsoluteUri;
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => certificate.Matches(presented);
        // The calls to DCP are no part of anybody's trace.
        handler.ActivityHeadersPropagator = null;
        _http = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task WaitUntilAnsweringAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            try
            {
                using var response = await _http.GetAsync(Url(DcpKinds.Executable), cancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException) when (_time.GetElapsedTime(started) < timeout)
            {
                // Not listening yet.
            }

            if (_time.GetElapsedTime(started) > timeout) throw new DistributedApplicationException($"Aspire's orchestrator does not answer on {_server} within {timeout.TotalSeconds:0} s.");
            await Task.Delay(10, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <exception cref="DistributedApplicationException">DCP refuses the object; the message is DCP's.</exception>
    public async Task CreateAsync<TSpec, TStatus>(DcpObject<TSpec, TStatus> item, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(item, Type<DcpObject<TSpec, TStatus>>());
        using var response = await _http.PostAsync(Url(item.Kind), content, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) throw await RefusedAsync(response, $"create the {item.Kind} '{item.Metadata.Name}'", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks an executable or container to stop; false when it is gone.</summary>
    public async Task<bool> StopAsync(string kind, string name, CancellationToken cancellationToken)
    {
        using var response = await _http.PatchAsync(Url(kind, name), MergePatch("""{"spec":{"stop":true}}"""), cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound) return false;
        if (!response.IsSuccessStatusCode) throw await RefusedAsync(response, $"stop the {kind} '{name}'", cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Deletes and waits until the object is gone, so that its name is free.</summary>
    public async Task DeleteAsync(string kind, string name, CancellationToken cancellationToken)
    {
        using (var response = await _http.DeleteAsync(Url(kind, name), cancellationToken).ConfigureAwait(false))
        {
            if (response.StatusCode == HttpStatusCode.NotFound) return;
            if (!response.IsSuccessStatusCode) throw await RefusedAsync(response, $"delete the {kind} '{name}'", cancellationToken).ConfigureAwait(false);
        }

        while (true)
        {
            using var response = await _http.GetAsync(Url(kind, name), HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotFound) return;
            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Everything of a kind, then every change. DCP ends a watch now and then: the caller opens the next.</summary>
    public async IAsyncEnumerable<DcpWatchEvent<TSpec, TStatus>> WatchAsync<TSpec, TStatus>(string kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(Url(kind) + "?watch=true", HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        var type = Type<DcpWatchEvent<TSpec, TStatus>>();
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            // A line that is no object of the kind (an expired watch) ends this watch.
            if (line.Contains("\"type\":\"ERROR\"", StringComparison.Ordinal)) yield break;
            if (line.Length > 0 && JsonSerializer.Deserialize(line, type) is { } item) yield return item;
        }
    }

    /// <summary>The lines of one source: those so far, or until the process ends.</summary>
    public async IAsyncEnumerable<string> ReadLogAsync(string kind, string name, string source, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync($"{Url(kind, name)}/log?source={source}&follow={(follow ? "true" : "false")}&timestamps=true", HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) yield break;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line) yield return line;
    }

    /// <summary>Stops and removes everything, then DCP itself.</summary>
    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        var execution = new Uri(_server, "/admin/execution");
        using (var response = await _http.PatchAsync(execution, MergePatch("""{"status":"CleaningResources","shutdownResourceCleanup":"Full"}"""), cancellationToken).ConfigureAwait(false))
        {
            response.EnsureSuccessStatusCode();
        }

        while (!(await _http.GetStringAsync(execution, cancellationToken).ConfigureAwait(false)).Contains("CleanupComplete", StringComparison.Ordinal))
        {
            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }

        using (await _http.PatchAsync(execution, MergePatch("""{"status":"Stopping"}"""), cancellationToken).ConfigureAwait(false))
        {
            await DcpProcesses.EndAsync(_sessionFolder, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _certificate.Dispose();
    }

    private static JsonTypeInfo<T> Type<T>() => (JsonTypeInfo<T>)DcpJson.Default.GetTypeInfo(typeof(T))!;

    private static StringContent MergePatch(string json) => new(json, Encoding.UTF8, new MediaTypeHeaderValue("application/merge-patch+json"));

    private static async Task<DistributedApplicationException> RefusedAsync(HttpResponseMessage response, string action, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.TryGetProperty("message", out var message)) body = message.GetString() ?? body;
        }
        catch (JsonException)
        {
            // Then the body is the message.
        }

        return new DistributedApplicationException($"DCP did not {action} ({(int)response.StatusCode}): {body}");
    }

    private string Url(string kind) => $"{_base}/{DcpKinds.Plural(kind)}";

    private string Url(string kind, string name) => $"{Url(kind)}/{Uri.EscapeDataString(name)}";
}
