using System.Net;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.Dashboard.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Serves the <see cref="ResourceService"/> by gRPC over plain HTTP/2 on loopback, to those who know the key.</summary>
internal sealed class ResourceServiceHost(DashboardEndpoints endpoints, ResourceService service, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private const string ServicePath = "/aspire.v1.DashboardService/", KeyHeader = "x-resource-service-api-key";

    private readonly ILogger _logger = loggers.CreateLogger<ResourceServiceHost>();
    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (endpoints is not { Enabled: true, ResourceService: { } url })
        {
            return;
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers); // an instance: the AppHost keeps it
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, url.Port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Run(HandleAsync);
        await _app.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await patience.CancelAsync().ConfigureAwait(false); // the dashboard's watches never end by themselves
            await _app.StopAsync(patience.Token).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task HandleAsync(HttpContext http)
    {
        var call = new GrpcCall(http);
        try
        {
            if (!KnowsKey(http.Request))
            {
                call.Fail(GrpcStatus.Unauthenticated, $"The header {KeyHeader} is missing or wrong.");
                return;
            }

            var path = http.Request.Path.Value ?? "";
            var method = HttpMethods.IsPost(http.Request.Method) && path.StartsWith(ServicePath, StringComparison.Ordinal) ? service.Find(path[ServicePath.Length..]) : null;
            if (method is null)
            {
                call.Fail(GrpcStatus.Unimplemented, $"There is no method {path}.");
                return;
            }

            await method(call).ConfigureAwait(false);
            await call.CompleteAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // the client has gone
        }
        catch (GrpcException error)
        {
            call.Fail(error.Status, error.Message);
        }
        catch (EndOfStreamException)
        {
            call.Fail(GrpcStatus.Internal, "The request ended inside a message.");
        }
        catch (Exception error)
        {
            _logger.LogError(error, "The resource service failed at {Path}.", http.Request.Path);
            call.Fail(GrpcStatus.Internal, "The AppHost failed; its log names the reason.");
        }
    }

    private bool KnowsKey(HttpRequest request) => endpoints.ResourceServiceApiKey is not { } key
        || (request.Headers[KeyHeader] is [{ } given] && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key)));
}
