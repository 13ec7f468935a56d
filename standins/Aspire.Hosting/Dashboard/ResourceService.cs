using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Grpc;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using P = Aspire.Hosting.Dashboard.Protocol;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the dashboard asks the AppHost: who it is, its resources, their logs, and to execute commands (<c>aspire.v1.DashboardService</c>).</summary>
internal sealed class ResourceService(
    string applicationName, ResourceFeed feed, ResourceLoggerService logs, ResourceCommandService commands, TimeProvider clock, ILogger<ResourceService> logger)
{
    private const int LargestBatch = 500;

    private readonly DateTime _started = clock.GetUtcNow().UtcDateTime;

    /// <summary>The method of the given name; null when there is none.</summary>
    public Func<GrpcCall, Task>? Find(string method) => method switch
    {
        "GetApplicationInformation" => GetApplicationInformationAsync,
        "WatchResources" => WatchResourcesAsync,
        "WatchResourceConsoleLogs" => WatchConsoleLogsAsync,
        "ExecuteResourceCommand" => ExecuteCommandAsync,
        "WatchInteractions" => WatchInteractionsAsync,
        _ => null,
    };

    private async Task GetApplicationInformationAsync(GrpcCall call)
    {
        await call.ReadAsync(P.ApplicationInformationRequest.Parser).ConfigureAwait(false);
        await call.WriteAsync(new P.ApplicationInformationResponse { ApplicationName = applicationName }).ConfigureAwait(false);
    }

    private async Task WatchResourcesAsync(GrpcCall call)
    {
        await call.ReadAsync(P.WatchResourcesRequest.Parser).ConfigureAwait(false);
        var first = true;
        await foreach (var events in feed.WatchAsync(call.Aborted).ConfigureAwait(false))
        {
            var resources = events.Select(e => ResourceMapping.ToMessage(e, _started));
            if (first)
            {
                first = false;
                var initial = new P.InitialResourceData();
                initial.Resources.AddRange(resources);
                await call.WriteAsync(new P.WatchResourcesUpdate { InitialData = initial }).ConfigureAwait(false);
                continue;
            }

            foreach (var batch in resources.Chunk(LargestBatch))
            {
                var changes = new P.WatchResourcesChanges();
                changes.Value.AddRange(batch.Select(r => new P.WatchResourcesChange { Upsert = r }));
                await call.WriteAsync(new P.WatchResourcesUpdate { Changes = changes }).ConfigureAwait(false);
            }
        }
    }

    private async Task WatchConsoleLogsAsync(GrpcCall call)
    {
        var request = await call.ReadAsync(P.WatchResourceConsoleLogsRequest.Parser).ConfigureAwait(false);
        await call.StartAsync().ConfigureAwait(false);
        var lines = request.SuppressFollow ? logs.GetAllAsync(request.ResourceName) : logs.WatchAsync(request.ResourceName);
        await foreach (var batch in lines.WithCancellation(call.Aborted).ConfigureAwait(false))
        {
            foreach (var chunk in batch.Chunk(LargestBatch))
            {
                var update = new P.WatchResourceConsoleLogsUpdate();
                update.LogLines.AddRange(chunk.Select(l => new P.ConsoleLogLine { Text = l.Content, IsStdErr = l.IsErrorMessage, LineNumber = l.LineNumber }));
                await call.WriteAsync(update).ConfigureAwait(false);
            }
        }
    }

    private async Task ExecuteCommandAsync(GrpcCall call)
    {
        var request = await call.ReadAsync(P.ResourceCommandRequest.Parser).ConfigureAwait(false);
        logger.LogDebug("The dashboard executes '{Command}' of '{Resource}'.", request.CommandName, request.ResourceName);
        var arguments = CommandArguments.For(feed.Find(request.ResourceName)?.Snapshot, request.CommandName, request.Arguments.ToDictionary(a => a.Key, a => Text(a.Value)));
        var result = await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, arguments, call.Aborted).ConfigureAwait(false);
        var response = new P.ResourceCommandResponse
        {
            Kind = result switch
            {
                { Success: true } => P.ResourceCommandResponseKind.Succeeded,
                { Canceled: true } => P.ResourceCommandResponseKind.Cancelled,
                _ => P.ResourceCommandResponseKind.Failed,
            },
        };
        if (result.Message is { } message)
        {
            response.Message = message;
        }

        if (result.Data is { } data)
        {
            response.Result = new P.ResourceCommandResult
            {
                Value = data.Value,
                Format = (P.CommandResultFormat)((int)data.Format + 1), // the message has "none" in front
                DisplayImmediately = data.DisplayImmediately,
            };
        }

        await call.WriteAsync(response).ConfigureAwait(false);
    }

    /// <summary>The AppHost never asks anything, but the dashboard takes a closed stream for a lost connection.</summary>
    private static async Task WatchInteractionsAsync(GrpcCall call)
    {
        await call.StartAsync().ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite, call.Aborted).ConfigureAwait(false);
    }

    private static string? Text(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        Value.KindOneofCase.NumberValue => value.NumberValue.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}
