using System.Globalization;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Cli.Contracts;
using Aspire.Hosting.Cli.JsonRpc;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Cli;

/// <summary>The AppHost's own socket, open however it was started: <c>aspire ps</c>, <c>describe</c>, <c>logs</c>, <c>resource</c>, <c>wait</c>, <c>otel</c>, <c>stop</c>.</summary>
internal sealed class AuxiliaryBackchannel(
    CliSession session,
    IConfiguration configuration,
    ResourceFeed feed,
    ResourceCommandService commands,
    ConsoleLogReader logs,
    ResourceWait wait,
    DashboardStatus dashboard,
    AppHostShutdown shutdown,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<AuxiliaryBackchannel> logger) : IHostedService
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    private readonly DateTimeOffset _started = clock.GetUtcNow();
    private readonly string _appHostPath = configuration["AppHost:FilePath"] ?? configuration["AppHost:Path"] ?? Environment.ProcessPath ?? "";
    private JsonRpcSocketServer? _server;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var (folder, id) = (AppHostIdentity.SocketFolder, AppHostIdentity.Id(_appHostPath));
        try
        {
            Directory.CreateDirectory(folder);
            StaleSockets.Delete(folder, id);
            _server = JsonRpcSocketServer.Start(AppHostIdentity.NewSocketPath(folder, id), Methods(), logger);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DistributedApplicationException)
        {
            // The application itself does not need the CLI.
            logger.LogWarning("'aspire ps', 'describe', 'logs' and 'stop' will not find this AppHost: {Reason}", error.Message);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal JsonRpcMethods Methods() => new JsonRpcMethods(CamelCase)
        .Add("GetCapabilitiesAsync", _ => Task.FromResult(new Capabilities(["aux.v1", "aux.v2", "aux.v3"])))
        .Add("GetAppHostInformationAsync", _ => Task.FromResult(new AppHostInformation(_appHostPath, Environment.ProcessId, _started, session.CliProcessId, session.CliLogFile)))
        .Add("GetAppHostInfoAsync", _ => Task.FromResult(new AppHostInfo(
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture), AspireVersion.Current, _appHostPath, _started, session.CliProcessId, session.CliLogFile)))
        .Add("GetDashboardUrlsAsync", dashboard.GetUrlsAsync)
        .Add("GetDashboardInfoAsync", dashboard.GetInfoAsync)
        .Add("GetResourcesAsync", _ => Task.FromResult(new ResourceList([.. feed.Current.Select(ResourceInfo.Of)])))
        .AddStream("WatchResourcesAsync", WatchResourcesAsync)
        .AddStream<ConsoleLogsRequest, ConsoleLogLine>("GetConsoleLogsAsync", (request, stop) => logs.ReadAsync(request ?? new(null, false, null, null, null), stop))
        .AddStream<ConsoleLogsRequest, ConsoleLogBatch>("GetConsoleLogBatchesAsync", (request, stop) => logs.ReadBatchesAsync(request ?? new(null, false, null, null, null), stop))
        .Add<CommandRequest, CommandResponse>("ExecuteResourceCommandAsync", ExecuteCommandAsync)
        .Add<WaitRequest, WaitResponse>("WaitForResourceAsync", (request, stop) => wait.WaitAsync(Required(request), stop))
        .Add("WaitForAppHostReadyAsync", WaitForReadyAsync)
        .Add<StopRequest, StopResponse>("StopAsync", (request, _) =>
        {
            shutdown.Request(request?.ExitCode);
            return Task.FromResult(new StopResponse());
        })
        .AddAction("StopAppHostAsync", () => shutdown.Request());

    private async IAsyncEnumerable<ResourceInfo> WatchResourcesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in feed.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var change in batch)
            {
                yield return ResourceInfo.Of(change);
            }
        }
    }

    private async Task<CommandResponse> ExecuteCommandAsync(CommandRequest? given, CancellationToken cancellationToken)
    {
        var request = Required(given);
        var snapshot = feed.Current.FirstOrDefault(e => ConsoleLogReader.Named(e, request.ResourceName))?.Snapshot;
        if (request.ValidateOnly == true && snapshot is { Commands.IsDefault: false } known && known.Commands.Any(c => c.Name == request.CommandName))
        {
            return new CommandResponse(Success: true, null, Canceled: false, null, null);
        }

        var values = (request.Arguments ?? []).ToDictionary(a => a.Key, a => (string?)(a.Value.ValueKind == JsonValueKind.String ? a.Value.GetString() : a.Value.GetRawText()));
        var result = await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, CommandArguments.For(snapshot, request.CommandName, values), cancellationToken).ConfigureAwait(false);
        return new CommandResponse(
            result.Success,
            result.Message,
            result.Canceled,
            result is { Success: false, Canceled: false } ? result.Message : null,
            result.Data is { } data ? new CommandValue(data.Value, (int)data.Format, data.DisplayImmediately) : null);
    }

    private async Task<ReadyResponse> WaitForReadyAsync(CancellationToken cancellationToken)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var started = lifetime.ApplicationStarted.Register(() => ready.TrySetResult()).ConfigureAwait(false);
        await using var stopping = lifetime.ApplicationStopping.Register(() => ready.TrySetResult()).ConfigureAwait(false);
        await ready.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new ReadyResponse(!lifetime.ApplicationStopping.IsCancellationRequested);
    }

    private static T Required<T>(T? request) where T : class => request ?? throw new ArgumentException($"The call needs a {typeof(T).Name} object as its first parameter.");
}
