using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Cli.JsonRpc;

/// <summary>
/// One peer of a JSON-RPC 2.0 socket, in the dialect of StreamJsonRpc: calls run side by side, sequences are pulled by token,
/// a call is given up by <c>$/cancelRequest</c>.
/// </summary>
internal sealed class JsonRpcConnection(Stream stream, JsonRpcMethods methods, ILogger logger) : IAsyncDisposable
{
    private const int ParseError = -32700, InvalidRequest = -32600, MethodNotFound = -32601, InvocationError = -32000, Canceled = -32800;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentDictionary<long, JsonRpcStream> _streams = new();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private long _lastToken;

    /// <summary>Answers until the peer closes the connection or the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reader = PipeReader.Create(stream);
        try
        {
            while (await JsonRpcFraming.ReadAsync(reader, stop.Token).ConfigureAwait(false) is { } body)
            {
                await DispatchAsync(body, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the AppHost stops
        }
        catch (IOException error)
        {
            logger.LogDebug(error, "A peer of the CLI socket is gone.");
        }
        catch (InvalidDataException error)
        {
            logger.LogWarning("A peer of the CLI socket is disconnected: {Reason}", error.Message);
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running.Keys).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var item in _streams.Values)
        {
            await item.DisposeAsync().ConfigureAwait(false);
        }

        await stream.DisposeAsync().ConfigureAwait(false);
        _writing.Dispose();
    }

    private async Task DispatchAsync(byte[] body, CancellationToken stop)
    {
        JsonElement message;
        try
        {
            using var document = JsonDocument.Parse(body);
            message = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            await SendErrorAsync(null, ParseError, "The message is not JSON.", stop).ConfigureAwait(false);
            return;
        }

        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("method", out var name) || name.ValueKind != JsonValueKind.String)
        {
            await SendErrorAsync(null, InvalidRequest, "A JSON-RPC request is an object with a method.", stop).ConfigureAwait(false);
            return;
        }

        JsonElement? id = message.TryGetProperty("id", out var given) && given.ValueKind != JsonValueKind.Null ? given : null;
        if (name.GetString() == "$/cancelRequest")
        {
            Cancel(message);
            return;
        }

        var call = AnswerAsync(name.GetString()!, Parameter(message), id, stop);
        _running.TryAdd(call, 0);
        _ = call.ContinueWith(done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Cancel(JsonElement message)
    {
        if (message.TryGetProperty("params", out var parameters) && parameters.ValueKind == JsonValueKind.Object
            && parameters.TryGetProperty("id", out var id) && _calls.TryGetValue(id.GetRawText(), out var call))
        {
            call.Cancel();
        }
    }

    private async Task AnswerAsync(string method, JsonElement? parameter, JsonElement? id, CancellationToken stop)
    {
        await Task.Yield();
        using var call = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (id is { } key)
        {
            _calls[key.GetRawText()] = call;
        }

        try
        {
            object? result;
            try
            {
                result = await InvokeAsync(method, parameter, call.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (call.IsCancellationRequested)
            {
                await FailAsync(id, Canceled, "The call was cancelled.", stop).ConfigureAwait(false);
                return;
            }
            catch (UnknownMethodException error)
            {
                logger.LogDebug("The CLI called the unknown method '{Method}'.", method);
                await FailAsync(id, MethodNotFound, error.Message, stop).ConfigureAwait(false);
                return;
            }
            catch (Exception error)
            {
                logger.LogDebug(error, "The CLI's call of '{Method}' failed.", method);
                await FailAsync(id, InvocationError, error.Message, stop).ConfigureAwait(false);
                return;
            }

            if (id is not null)
            {
                await SendAsync(new { jsonrpc = "2.0", id, result }, stop).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            logger.LogDebug("The CLI was gone before '{Method}' was answered.", method);
        }
        finally
        {
            if (id is { } finished)
            {
                _calls.TryRemove(finished.GetRawText(), out _);
            }
        }
    }

    private async Task<object?> InvokeAsync(string method, JsonElement? parameter, CancellationToken cancellationToken)
    {
        switch (method)
        {
            case "$/enumerator/next":
                return await NextAsync(Token(parameter), cancellationToken).ConfigureAwait(false);
            case "$/enumerator/abort":
                if (_streams.TryRemove(Token(parameter), out var aborted))
                {
                    await aborted.DisposeAsync().ConfigureAwait(false);
                }

                return null;
        }

        logger.LogTrace("The CLI calls {Method} {Parameter}.", method, parameter);
        if (!methods.TryGet(method, out var action))
        {
            throw new UnknownMethodException(method);
        }

        var result = await action!(parameter, cancellationToken).ConfigureAwait(false);
        if (result is not JsonRpcStream stream)
        {
            return result is null ? null : JsonSerializer.SerializeToElement(result, result.GetType(), methods.Json);
        }

        var token = Interlocked.Increment(ref _lastToken);
        _streams[token] = stream;
        return new { token };
    }

    private async Task<object> NextAsync(long token, CancellationToken cancellationToken)
    {
        if (!_streams.TryGetValue(token, out var stream))
        {
            throw new ArgumentException($"The enumerator {token} is not open on this connection.");
        }

        var batch = await stream.NextAsync(cancellationToken).ConfigureAwait(false);
        if (batch.Finished && _streams.TryRemove(token, out _))
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }

        var values = batch.Values.Select(value => JsonSerializer.SerializeToElement(value, value?.GetType() ?? typeof(object), methods.Json)).ToList();
        return new { values, finished = batch.Finished };
    }

    // A notification gets no answer, not even an error.
    private Task FailAsync(JsonElement? id, int code, string message, CancellationToken stop) =>
        id is null ? Task.CompletedTask : SendErrorAsync(id, code, message, stop);

    private Task SendErrorAsync(JsonElement? id, int code, string message, CancellationToken stop) =>
        SendAsync(new { jsonrpc = "2.0", id, error = new { code, message } }, stop);

    private async Task SendAsync(object answer, CancellationToken stop)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, answer.GetType());
        await _writing.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            await JsonRpcFraming.WriteAsync(stream, body, stop).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static JsonElement? Parameter(JsonElement message) => !message.TryGetProperty("params", out var parameters) ? null : parameters.ValueKind switch
    {
        JsonValueKind.Array => parameters.GetArrayLength() > 0 ? parameters[0] : null,
        JsonValueKind.Object => parameters,
        _ => null,
    };

    private static long Token(JsonElement? parameter)
    {
        var element = parameter is { ValueKind: JsonValueKind.Object } named && named.TryGetProperty("token", out var token) ? token : parameter;
        return element is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value)
            ? value
            : throw new ArgumentException("An enumerator call needs the token that the stream's answer gave.");
    }

    private sealed class UnknownMethodException(string method) : Exception($"The AppHost has no method '{method}'.");
}
