using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Floe.AppHost.Evidence;
using Floe.AppHost.Jobs;
using Floe.AppHost.Startup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Floe.AppHost.Outage;

/// <summary>Takes the store away while a run needs it, and writes down what everybody says and does until all is well again.</summary>
internal sealed class StoreOutage(IResource store, EndpointReference worker, EndpointReference cube, ParameterResource apiSecret, IServiceProvider services)
{
    private const int Orders = 100;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);
    // After the store is back: what waited has its turn within the worker's longest wait.
    private static readonly TimeSpan s_recovery = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private readonly List<(TimeSpan At, string What)> _events = [];

    /// <summary>Breaks, waits, mends, and looks.</summary>
    public async Task<ExecuteCommandResult> RunAsync(TimeSpan length, ILogger log, CancellationToken ct)
    {
        using var http = services.GetRequiredService<IHttpClientFactory>().CreateClient();
        http.Timeout = Timeout.InfiniteTimeSpan;
        var (api, orders, now) = (new WorkerApi(http, worker.Url), new CubeOrders(cube, services), _time.GetUtcNow());
        var token = CubeToken.Create(
            await apiSecret.GetValueAsync(ct) ?? throw new DistributedApplicationException($"The parameter '{apiSecret.Name}' has no value; set Parameters:{apiSecret.Name}."), now, now + length + s_recovery * 2);
        var before = await orders.CountAsync(token, ct);

        var started = _time.GetTimestamp();
        JsonNode run;
        var told = false;
        await ExecuteAsync(KnownResourceCommands.StopCommand, ct);
        try
        {
            Note($"the store is stopped; CubeProxy counts {before} orders");
            run = await api.StartAsync("generate_orders", new() { ["orders"] = Orders }, ct);
            Note($"a run of {Orders} orders is asked for");
            while (_time.GetElapsedTime(started) < length)
            {
                var (ready, says) = await api.HealthAsync(ct);
                if (!ready && !told)
                {
                    told = true;
                    Note($"the worker is not ready: {says}");
                    Note($"CubeProxy still answers: {await orders.CountAsync(token, ct)} orders");
                }

                await Task.Delay(s_pause, _time, ct);
            }
        }
        finally
        {
            // Whatever happened, and also when nobody waits for the command any more.
            await ExecuteAsync(KnownResourceCommands.StartCommand, CancellationToken.None);
        }

        Note("the store is started again");
        using var patience = new CancellationTokenSource(s_recovery, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            while (!(await api.HealthAsync(either.Token)).Ready)
                await Task.Delay(s_pause, _time, either.Token);
            Note("the worker is ready again");
            run = await api.FollowAsync((string)run["id"]!, _ => { }, either.Token);
            Note($"the run has ended: {(string?)run["state"]}, attempt {run["attempt"]}{(run["error"] is { } error ? $", {error}" : "")}");
            var after = await orders.CountAsync(token, either.Token);
            for (; after < before + Orders; after = await orders.CountAsync(token, either.Token))
                await Task.Delay(s_pause, _time, either.Token);
            Note($"CubeProxy counts {after} orders: {before} + {after - before}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Result(false, $"The store was away for {length.TotalSeconds:0} s, and {s_recovery.TotalSeconds:0} s after its return not all is well again.");
        }

        return (string?)run["state"] == "completed" && told
            ? Result(true, $"The store was away for {length.TotalSeconds:0} s; the worker said so, its run waited and completed, nothing is lost.")
            : Result(false, told ? $"The run that waited failed: {run["error"]}" : $"The store was away for {length.TotalSeconds:0} s, and the worker did not say so.");

        void Note(string what)
        {
            _events.Add((_time.GetElapsedTime(started), what));
            log.LogInformation("Break storage: {Event}", what);
        }
    }

    private ExecuteCommandResult Result(bool success, string summary)
    {
        var text = new StringBuilder($"**{summary}**\n\n| s | |\n|---:|---|\n");
        foreach (var (at, what) in _events)
            text.Append(CultureInfo.InvariantCulture, $"| {at.TotalSeconds:0.0} | {what.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        var result = new CommandResultData { Value = text.ToString(), Format = CommandResultFormat.Markdown, DisplayImmediately = true };
        return success ? CommandResults.Success(summary, result) : CommandResults.Failure(summary, result);
    }

    private async Task ExecuteAsync(string command, CancellationToken ct)
    {
        var done = await services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(store, command, ct);
        if (!done.Success)
            throw new DistributedApplicationException($"The store '{store.Name}' did not {command}: {done.Message}");
    }
}
