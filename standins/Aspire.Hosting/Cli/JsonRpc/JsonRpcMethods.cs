using System.Text.Json;

namespace Aspire.Hosting.Cli.JsonRpc;

/// <summary>The methods that a connection answers, each with at most one parameter: the request object.</summary>
internal sealed class JsonRpcMethods(JsonSerializerOptions json)
{
    private readonly Dictionary<string, Func<JsonElement?, CancellationToken, Task<object?>>> _methods = new(StringComparer.Ordinal);

    /// <summary>How requests are read and answers written; the two sockets of the CLI differ in the case of names.</summary>
    public JsonSerializerOptions Json => json;

    public JsonRpcMethods Add<TResult>(string name, Func<CancellationToken, Task<TResult>> method)
    {
        _methods.Add(name, async (_, cancellationToken) => await method(cancellationToken).ConfigureAwait(false));
        return this;
    }

    public JsonRpcMethods Add<TRequest, TResult>(string name, Func<TRequest?, CancellationToken, Task<TResult>> method)
    {
        _methods.Add(name, async (request, cancellationToken) => await method(Read<TRequest>(request), cancellationToken).ConfigureAwait(false));
        return this;
    }

    public JsonRpcMethods AddAction(string name, Action method)
    {
        _methods.Add(name, (_, _) =>
        {
            method();
            return Task.FromResult<object?>(null);
        });
        return this;
    }

    public JsonRpcMethods AddStream<TItem>(string name, Func<CancellationToken, IAsyncEnumerable<TItem>> method)
    {
        _methods.Add(name, (_, _) => Task.FromResult<object?>(JsonRpcStream.Of(method)));
        return this;
    }

    public JsonRpcMethods AddStream<TRequest, TItem>(string name, Func<TRequest?, CancellationToken, IAsyncEnumerable<TItem>> method)
    {
        _methods.Add(name, (request, _) =>
        {
            var parameter = Read<TRequest>(request);
            return Task.FromResult<object?>(JsonRpcStream.Of(cancellationToken => method(parameter, cancellationToken)));
        });
        return this;
    }

    public bool TryGet(string name, out Func<JsonElement?, CancellationToken, Task<object?>>? method) => _methods.TryGetValue(name, out method);

    private TRequest? Read<TRequest>(JsonElement? request) =>
        request is { ValueKind: not JsonValueKind.Null } element ? element.Deserialize<TRequest>(json) : default;
}
