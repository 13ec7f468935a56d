using DuckDB.NET.Data;

namespace Floe.CubeProxy.Execution;

/// <summary>
/// Ends a command when a token fires, and from then on again and again: a cancellation that comes a moment before the statement begins has no effect, and a token
/// fires only once.
/// </summary>
internal sealed class CommandCancellation : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly DuckDBCommand _command;
    private readonly object _gate = new();
    private readonly CancellationTokenRegistration _registration;
    private Timer? _again;
    private bool _isOver;

    public CommandCancellation(DuckDBCommand command, CancellationToken ct)
    {
        _command = command;
        _registration = ct.UnsafeRegister(static state => ((CommandCancellation)state!).Begin(), this);
    }

    /// <summary>From here on the command's connection may run something else.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        lock (_gate)
        {
            _isOver = true;
            _again?.Dispose();
        }
    }

    private void Begin()
    {
        lock (_gate)
        {
            if (_isOver) return;
            _command.Cancel();
            _again = new Timer(static state => ((CommandCancellation)state!).Cancel(), this, _pause, _pause);
        }
    }

    private void Cancel()
    {
        lock (_gate)
        {
            if (!_isOver) _command.Cancel();
        }
    }
}
