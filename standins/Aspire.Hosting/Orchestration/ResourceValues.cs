using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.Orchestration;

/// <summary>Evaluates the environment and the arguments of a resource for its start.</summary>
internal sealed class ResourceValues(DistributedApplicationExecutionContext executionContext, ResourceLoggerService loggers)
{
    public async Task<IReadOnlyList<DcpNameValue>> GetEnvironmentAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, resource, [], cancellationToken) { Logger = loggers.GetLogger(resource) };
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await annotation.Callback(context).ConfigureAwait(false);
        var variables = new List<DcpNameValue>(context.EnvironmentVariables.Count);
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            if (await ResolveAsync(resource, value, $"the environment variable '{name}'", cancellationToken).ConfigureAwait(false) is { } text) variables.Add(new(name, text));
        }

        return variables;
    }

    public async Task<IReadOnlyList<string>> GetArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var arguments = new List<object>();
        var context = new CommandLineArgsCallbackContext(arguments, resource, cancellationToken) { ExecutionContext = executionContext, Logger = loggers.GetLogger(resource) };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>()) await annotation.Callback(context).ConfigureAwait(false);
        var values = new List<string>(arguments.Count);
        foreach (var argument in arguments)
        {
            if (await ResolveAsync(resource, argument, "an argument", cancellationToken).ConfigureAwait(false) is { } text) values.Add(text);
        }

        return values;
    }

    private async ValueTask<string?> ResolveAsync(IResource resource, object value, string what, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await ResolveAsync(resource, provider, what, cancellationToken).ConfigureAwait(false),
        IValueProvider provider => await provider.GetValueAsync(new ValueProviderContext { ExecutionContext = executionContext, Caller = resource }, cancellationToken).ConfigureAwait(false),
        bool or int or long => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
        _ => throw new DistributedApplicationException($"The value of {what} of resource '{resource.Name}' has the type '{value.GetType()}', which has no value; give a string or something that implements IValueProvider."),
    };
}
