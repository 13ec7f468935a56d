using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Copies every line of the resources' consoles to the AppHost's log, category <c>{AppHost}.Resources.{resource}</c>.</summary>
internal sealed class ResourceLogForwarder(ResourceLoggerService consoles, DistributedApplicationModel model, IHostEnvironment environment, ILoggerFactory loggers) : IHostedLifecycleService
{
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        consoles.LineWritten += Forward;
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        consoles.LineWritten -= Forward;
        return Task.CompletedTask;
    }

    private void Forward(string instance, LogLine line)
    {
        var logger = _loggers.GetOrAdd(instance, name => loggers.CreateLogger($"{environment.ApplicationName}.Resources.{ResourceName(name)}"));
        logger.Log(line.IsErrorMessage ? LogLevel.Error : LogLevel.Information, "{LineNumber}: {Content}", line.LineNumber, line.Content);
    }

    private string ResourceName(string instance) =>
        model.Resources.FirstOrDefault(r => r.GetInstances().Any(i => i.Name == instance))?.Name ?? instance;
}
