using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Floe.Tests.Lakehouse.Processes;

/// <summary>Stands between clients and the catalog and spoils every other commit, one way after the other.</summary>
internal sealed class UnreliableProxy : IAsyncDisposable
{
    private static readonly string[] s_endToEnd = ["Authorization", "Accept", "If-None-Match"];
    private readonly HttpClient upstream = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly ConcurrentQueue<string> done = new();
    private readonly Uri target;
    private WebApplication? server;
    private int commits;

    private UnreliableProxy(Uri target) => this.target = target;

    /// <summary>What happens to a commit.</summary>
    public static IReadOnlyList<string> Faults { get; } = ["cut after it", "502 after it", "cut before it", "503 before it", "half an answer"];

    /// <summary>The faults that happened.</summary>
    public IReadOnlyCollection<string> Done => done;

    public string CatalogUri { get; private set; } = "";

    public static async Task<UnreliableProxy> StartAsync(string catalogUri)
    {
        var proxy = new UnreliableProxy(new Uri(catalogUri));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        proxy.server = builder.Build();
        proxy.server.Run(proxy.PassOnAsync);
        await proxy.server.StartAsync();
        proxy.CatalogUri = proxy.server.Urls.First() + proxy.target.AbsolutePath;
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        upstream.Dispose();
    }

    private async Task PassOnAsync(HttpContext context)
    {
        var isCommit = context.Request.Method == "POST" && (context.Request.Path.Value!.Contains("/tables/", StringComparison.Ordinal) || context.Request.Path.Value.EndsWith("/transactions/commit", StringComparison.Ordinal));
        var turn = isCommit ? Interlocked.Increment(ref commits) : 0;
        var fault = turn % 2 == 1 ? Faults[turn / 2 % Faults.Count] : null;
        if (fault is not null)
            done.Enqueue(fault);
        if (fault == "cut before it")
        {
            context.Abort();
            return;
        }

        if (fault == "503 before it")
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        using var response = await upstream.SendAsync(await RequestAsync(context.Request));
        var body = await response.Content.ReadAsByteArrayAsync();
        switch (fault)
        {
            case "cut after it":
                context.Abort();
                return;
            case "502 after it":
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
                return;
            case "half an answer":
                context.Response.ContentLength = body.Length + 1;
                await context.Response.Body.WriteAsync(body);
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        if (response.Headers.ETag is { } tag)
            context.Response.Headers.ETag = tag.ToString();
        if (body.Length > 0)
            await context.Response.Body.WriteAsync(body);
    }

    private async Task<HttpRequestMessage> RequestAsync(HttpRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(target, request.Path.ToUriComponent() + request.QueryString.ToUriComponent()));
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (body.Length > 0)
        {
            message.Content = new ByteArrayContent(body.ToArray());
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }

        foreach (var name in s_endToEnd)
        {
            if (request.Headers.TryGetValue(name, out var value))
                message.Headers.TryAddWithoutValidation(name, value.ToString());
        }

        return message;
    }
}
