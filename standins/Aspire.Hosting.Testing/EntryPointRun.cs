using System.Diagnostics;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// One run of an AppHost's entry point on a thread of its own. The builder announces itself by diagnostic events; the thread
/// is held in <c>Build</c> until the test asks for the application, and in <c>Run</c> until the test is done with it.
/// </summary>
internal sealed class EntryPointRun : IEntryPointGate, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IAsyncDisposable
{
    // Flows with the entry point's own asynchronous calls, and with nothing that the test does.
    private static readonly AsyncLocal<EntryPointRun?> Current = new();

    private readonly Assembly _assembly;
    private readonly string[] _args;
    private readonly Action<DistributedApplicationOptions, HostApplicationBuilderSettings> _creating;
    private readonly Action<DistributedApplicationBuilder> _created;
    private readonly Action<DistributedApplicationBuilder> _building;
    private readonly Action<DistributedApplication> _built;
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = NewSource<DistributedApplicationBuilder>();
    private readonly TaskCompletionSource<bool> _build = NewSource<bool>();
    private readonly TaskCompletionSource<DistributedApplication> _application = NewSource<DistributedApplication>();
    private readonly TaskCompletionSource<bool> _started = NewSource<bool>();
    private readonly TaskCompletionSource<bool> _ended = NewSource<bool>();
    private readonly TaskCompletionSource<Exception?> _finished = NewSource<Exception?>();
    private readonly Lock _lock = new();
    private bool _running;
    private bool _disposed;

    public EntryPointRun(
        Assembly assembly,
        string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> creating,
        Action<DistributedApplicationBuilder> created,
        Action<DistributedApplicationBuilder> building,
        Action<DistributedApplication> built) =>
        (_assembly, _args, _creating, _created, _building, _built) = (assembly, args, creating, created, building, built);

    public bool IsEntryPoint => Current.Value == this;

    public DistributedApplication? Application => _application.Task.IsCompletedSuccessfully ? _application.Task.Result : null;

    public Task<DistributedApplicationBuilder> GetBuilderAsync(CancellationToken cancellationToken)
    {
        Begin();
        return _builder.Task.WaitAsync(cancellationToken);
    }

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _build.TrySetResult(true);
        return _application.Task.WaitAsync(cancellationToken);
    }

    public Task WaitForStartAsync(CancellationToken cancellationToken) => _started.Task.WaitAsync(cancellationToken);

    public Task WaitForEndAsync(CancellationToken cancellationToken) => _ended.Task.WaitAsync(cancellationToken);

    public void OnStarted() => _started.TrySetResult(true);

    public void OnEnded()
    {
        _started.TrySetCanceled();
        _ended.TrySetResult(true);
    }

    /// <summary>Ends the application and then the entry point.</summary>
    /// <exception cref="Exception">What the AppHost's program threw after the application was built.</exception>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
        }

        _build.TrySetResult(false);
        if (Application is { } application) await application.DisposeAsync().ConfigureAwait(false);
        OnEnded();
        if (!_running) return;
        var failure = await _finished.Task.ConfigureAwait(false);
        if (failure is not null and not (EntryPointAbandonedException or OperationCanceledException) && Application is not null) ExceptionDispatchInfo.Throw(failure);
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener listener)
    {
        if (listener.Name == "Aspire.Hosting") listener.Subscribe(this);
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> item)
    {
        if (!IsEntryPoint) return;
        switch (item)
        {
            case { Key: "DistributedApplicationBuilderConstructing", Value: (DistributedApplicationOptions options, HostApplicationBuilderSettings settings, DistributedApplicationBuilder) }:
                TestDefaults.Apply(_assembly, _args, options, settings);
                _creating(options, settings);
                break;
            case { Key: "DistributedApplicationBuilderConstructed", Value: DistributedApplicationBuilder builder }:
                _created(builder);
                break;
            case { Key: "DistributedApplicationBuilding", Value: DistributedApplicationBuilder builder }:
                _building(builder);
                _builder.TrySetResult(builder);
                if (!_build.Task.GetAwaiter().GetResult()) throw new EntryPointAbandonedException();
                break;
            case { Key: "DistributedApplicationBuilt", Value: DistributedApplication application }:
                application.EntryPointGate = this;
                _built(application);
                _application.TrySetResult(application);
                break;
        }
    }

    void IObserver<DiagnosticListener>.OnCompleted() { }

    void IObserver<DiagnosticListener>.OnError(Exception error) { }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted() { }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error) { }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Begin()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_running) return;
            _running = true;
        }

        new Thread(Run) { IsBackground = true, Name = $"{_assembly.GetName().Name} entry point" }.Start();
    }

    private void Run()
    {
        Current.Value = this;
        using var listening = DiagnosticListener.AllListeners.Subscribe(this);
        Exception? failure = null;
        try
        {
            var entryPoint = _assembly.EntryPoint ?? throw new InvalidOperationException($"The assembly '{_assembly.GetName().Name}' has no entry point; name a type of the AppHost's assembly, such as Projects.Floe_AppHost.");
            entryPoint.Invoke(null, entryPoint.GetParameters().Length == 0 ? [] : [_args]);
        }
        catch (TargetInvocationException exception)
        {
            failure = exception.InnerException ?? exception;
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        // Whoever still waits for a builder or an application will not get one.
        var reason = failure ?? new InvalidOperationException("The AppHost's entry point ended without building an application.");
        _builder.TrySetException(reason);
        _application.TrySetException(reason);
        _ = (_builder.Task.Exception, _application.Task.Exception);
        _finished.TrySetResult(failure);
    }

    /// <summary>Unwinds an entry point whose test never builds.</summary>
    private sealed class EntryPointAbandonedException : Exception;
}
