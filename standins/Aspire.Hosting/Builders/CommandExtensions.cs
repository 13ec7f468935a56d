using System.Net.Http.Headers;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds a command, or replaces the one of the same name.</summary>
    public static IResourceBuilder<T> WithCommand<T>(this IResourceBuilder<T> builder, string name, string displayName, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand, CommandOptions? commandOptions = null) where T : IResource
    {
        var options = commandOptions ?? CommandOptions.Default;
        foreach (var old in builder.Resource.Annotations.OfType<ResourceCommandAnnotation>().Where(c => c.Name == name).ToList()) builder.Resource.Annotations.Remove(old);
        return builder.WithAnnotation(new ResourceCommandAnnotation(name, displayName, options.UpdateState ?? (_ => ResourceCommandState.Enabled), executeCommand, options));
    }

    /// <summary>A command that sends an HTTP request to an endpoint of the resource.</summary>
    public static IResourceBuilder<T> WithHttpCommand<T>(this IResourceBuilder<T> builder, string path, string displayName, string? endpointName = null, string? commandName = null, HttpCommandOptions? commandOptions = null) where T : IResourceWithEndpoints =>
        builder.WithHttpCommand(path, displayName, () => builder.SelectHttpEndpoint(endpointName, "HTTP command"), commandName, commandOptions);

    public static IResourceBuilder<T> WithHttpCommand<T>(this IResourceBuilder<T> builder, string path, string displayName, Func<EndpointReference>? endpointSelector, string? commandName = null, HttpCommandOptions? commandOptions = null) where T : IResourceWithEndpoints
    {
        var options = commandOptions ?? HttpCommandOptions.Default;
        var endpoint = (endpointSelector ?? options.EndpointSelector ?? (() => builder.SelectHttpEndpoint(null, "HTTP command")))();
        var method = options.Method ?? HttpMethod.Post;
        commandName ??= $"{endpoint.Resource.Name}-{endpoint.EndpointName}-http-{method.Method.ToLowerInvariant()}-{path}";
        return builder.WithCommand(commandName, displayName, context => SendAsync(endpoint, path, method, options, context), new CommandOptions
        {
            Description = options.Description,
            ConfirmationMessage = options.ConfirmationMessage,
            IconName = options.IconName,
            IconVariant = options.IconVariant,
            IsHighlighted = options.IsHighlighted,
            Parameter = options.Parameter,
            Arguments = options.Arguments,
            ValidateArguments = options.ValidateArguments,
            Visibility = options.Visibility,
            UpdateState = options.UpdateState ?? (context => context.ResourceSnapshot.State?.Text is "Running" or "RuntimeUnhealthy" ? ResourceCommandState.Enabled : ResourceCommandState.Disabled),
        });
    }

    private static async Task<ExecuteCommandResult> SendAsync(EndpointReference endpoint, string path, HttpMethod method, HttpCommandOptions options, ExecuteCommandContext context)
    {
        if (!endpoint.IsAllocated) return CommandResults.Failure($"The endpoint '{endpoint.EndpointName}' of resource '{endpoint.Resource.Name}' has no address yet.");
        using var client = context.Services.GetRequiredService<IHttpClientFactory>().CreateClient(options.HttpClientName ?? "");
        if (options.HttpClientName is null) client.Timeout = Timeout.InfiniteTimeSpan;
        using var request = new HttpRequestMessage(method, new Uri(new Uri(endpoint.Url), path));
        if (options.PrepareRequest is { } prepare)
        {
            await prepare(new HttpCommandRequestContext
            {
                Services = context.Services, ResourceName = context.ResourceName, Endpoint = endpoint, CancellationToken = context.CancellationToken,
                HttpClient = client, Request = request, Arguments = context.Arguments,
            }).ConfigureAwait(false);
        }

        try
        {
            using var response = await client.SendAsync(request, context.CancellationToken).ConfigureAwait(false);
            if (options.GetCommandResult is { } getResult)
            {
                return await getResult(new HttpCommandResultContext
                {
                    Services = context.Services, ResourceName = context.ResourceName, Endpoint = endpoint, CancellationToken = context.CancellationToken,
                    HttpClient = client, Response = response,
                }).ConfigureAwait(false);
            }

            var body = options.ResultMode == HttpCommandResultMode.None ? null : await response.Content.ReadAsStringAsync(context.CancellationToken).ConfigureAwait(false);
            return ToResult(response, body, options.ResultMode);
        }
        catch (HttpRequestException exception)
        {
            return CommandResults.Failure($"Request failed: {exception.Message}");
        }
    }

    private static ExecuteCommandResult ToResult(HttpResponseMessage response, string? body, HttpCommandResultMode mode)
    {
        var format = mode == HttpCommandResultMode.Json || (mode == HttpCommandResultMode.Auto && IsJson(response.Content.Headers.ContentType)) ? CommandResultFormat.Json : CommandResultFormat.Text;
        if (response.IsSuccessStatusCode)
        {
            return string.IsNullOrEmpty(body) ? CommandResults.Success() : CommandResults.Success("Request succeeded.", body, format);
        }

        var message = $"Request failed with status code {response.StatusCode}";
        return string.IsNullOrEmpty(body) ? CommandResults.Failure(message) : CommandResults.Failure(message, body, format);
    }

    private static bool IsJson(MediaTypeHeaderValue? type) => type?.MediaType is { } media && (media == "application/json" || media.EndsWith("+json", StringComparison.Ordinal));
}
