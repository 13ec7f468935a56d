using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Executes the commands of resources.</summary>
public class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _loggers;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(ResourceNotificationService resourceNotificationService, ResourceLoggerService resourceLoggerService, IServiceProvider serviceProvider) =>
        (_notifications, _loggers, _services) = (resourceNotificationService, resourceLoggerService, serviceProvider);

    /// <summary>Executes on one instance; a resource's name works too where it has one instance.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resourceId, commandName, new InteractionInputCollection([]), cancellationToken);

    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, InteractionInputCollection arguments, CancellationToken cancellationToken = default)
    {
        if (_notifications.TryGetCurrentState(resourceId, out var exact))
        {
            return await ExecuteOnInstanceAsync(exact.Resource, resourceId, commandName, arguments, cancellationToken).ConfigureAwait(false);
        }

        return _notifications.FindByName(resourceId) is { } resource
            ? await ExecuteCommandAsync(resource, commandName, arguments, cancellationToken).ConfigureAwait(false)
            : CommandResults.Failure($"Resource '{resourceId}' not found.");
    }

    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resource, commandName, new InteractionInputCollection([]), cancellationToken);

    /// <summary>Executes on every instance of the resource.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, InteractionInputCollection arguments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var results = await Task.WhenAll(resource.GetInstanceNames().Select(id => ExecuteOnInstanceAsync(resource, id, commandName, arguments, cancellationToken))).ConfigureAwait(false);
        var failures = results.Where(r => !r.Success).ToList();
        return failures.Count == 0 ? results[0]
            : failures.TrueForAll(r => r.Canceled) ? CommandResults.Canceled()
            : results.Length == 1 ? results[0]
            : CommandResults.Failure($"{failures.Count} of {results.Length} instances failed: {string.Join("; ", failures.Select(f => f.Message))}");
    }

    private async Task<ExecuteCommandResult> ExecuteOnInstanceAsync(IResource resource, string resourceId, string commandName, InteractionInputCollection arguments, CancellationToken cancellationToken)
    {
        var logger = _loggers.GetLogger(resourceId);
        if (resource.Annotations.OfType<ResourceCommandAnnotation>().FirstOrDefault(c => c.Name == commandName) is not { } command)
        {
            return CommandResults.Failure($"Command '{commandName}' not available for resource '{resource.Name}'.");
        }

        if (command.ValidateArguments is { } validate)
        {
            var validation = new InputsDialogValidationContext { Inputs = arguments, CancellationToken = cancellationToken, Services = _services };
            await validate(validation).ConfigureAwait(false);
            if (validation.Errors.Count > 0) return CommandResults.Failure(string.Join(" ", validation.Errors.Select(e => $"{e.Key}: {e.Value}")));
        }

        try
        {
            logger.LogInformation("Executing command '{CommandName}'.", commandName);
            var result = await command.ExecuteCommand(new ExecuteCommandContext
            {
                ResourceName = resourceId,
                Services = _services,
                CancellationToken = cancellationToken,
                Logger = logger,
                Arguments = arguments,
            }).ConfigureAwait(false);
            if (result.Success) logger.LogInformation("Successfully executed command '{CommandName}'.", commandName);
            else if (result.Canceled) logger.LogInformation("Command '{CommandName}' was canceled.", commandName);
            else logger.LogError("Failure executing command '{CommandName}'. Error message: {Message}", commandName, result.Message);
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Error executing command '{CommandName}'.", commandName);
            return CommandResults.Failure(exception);
        }
    }
}
