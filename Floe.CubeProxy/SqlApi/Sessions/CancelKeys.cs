using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>Which session a CancelRequest is for: it comes on a connection of its own, with the number and the secret that the session was given.</summary>
internal sealed class CancelKeys
{
    private readonly ConcurrentDictionary<int, (int Secret, Action Cancel)> _sessions = new();

    public (int Process, int Secret) Add(Action cancel)
    {
        while (true)
        {
            var process = RandomNumberGenerator.GetInt32(1, int.MaxValue);
            var secret = RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue);
            if (_sessions.TryAdd(process, (secret, cancel))) return (process, secret);
        }
    }

    public void Remove(int process) => _sessions.TryRemove(process, out _);

    public void Cancel(int process, int secret)
    {
        if (_sessions.TryGetValue(process, out var session) && session.Secret == secret) session.Cancel();
    }
}
