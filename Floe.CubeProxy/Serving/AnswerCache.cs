using Floe.CubeProxy.Observation;

namespace Floe.CubeProxy.Serving;

/// <summary>
/// Answers by what they depend on: the normalised query, the caller's rights and the set of snapshots. Equal requests that
/// come while one is being answered wait for it instead of asking the engine again. The least recently used go first.
/// </summary>
internal sealed class AnswerCache(long largestBytes)
{
    // What an entry costs beside its body.
    private const int Overhead = 512;

    private readonly object _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _recent = [];
    private readonly Dictionary<string, Flight> _flights = [];
    private long _bytes;

    /// <summary>One that would push out a quarter of the others is not worth it.</summary>
    public long LargestAnswer => largestBytes / 4;

    /// <summary>Answers kept at the moment.</summary>
    public int Count
    {
        get { lock (_gate) return _entries.Count; }
    }

    /// <summary>Requests that wait for an answer under way.</summary>
    public int Waiting
    {
        get { lock (_gate) return _flights.Values.Sum(flight => flight.Waiting); }
    }

    public Answer? Find(string key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node)) return null;
            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Answer;
        }
    }

    /// <summary>The kept answer, that of an equal request under way, or a new one. The work is cancelled when nobody waits for it any more.</summary>
    /// <param name="make">Starts under a lock: takes what it must hold at once, then yields.</param>
    public async Task<Answer> GetAsync(string key, Func<CancellationToken, Task<Answer>> make, CancellationToken ct)
    {
        if (Find(key) is { } known) return known;
        Flight flight;
        lock (_gate)
        {
            if (!_flights.TryGetValue(key, out flight!)) _flights.Add(key, flight = new Flight());
            flight.Waiting++;
            flight.Task ??= RunAsync(key, flight, make);
        }
        try
        {
            return await flight.Task.WaitAsync(ct);
        }
        finally
        {
            lock (_gate)
            {
                if (--flight.Waiting == 0 && !flight.Task.IsCompleted)
                {
                    Forget(key, flight);
                    flight.Cancellation.Cancel();
                }
            }
        }
    }

    private async Task<Answer> RunAsync(string key, Flight flight, Func<CancellationToken, Task<Answer>> make)
    {
        try
        {
            var answer = await make(flight.Cancellation.Token);
            lock (_gate) Keep(key, answer);
            return answer;
        }
        finally
        {
            lock (_gate) Forget(key, flight);
        }
    }

    private void Forget(string key, Flight flight)
    {
        if (_flights.GetValueOrDefault(key) == flight) _flights.Remove(key);
    }

    private void Keep(string key, Answer answer)
    {
        // Half of it again for the compressed form, which comes when a client asks for it.
        var size = Overhead + (2L * key.Length) + answer.Body.Length + (answer.IsWorthCompressing ? answer.Body.Length / 2 : 0);
        if (!answer.IsLasting || size > LargestAnswer || _entries.ContainsKey(key)) return;
        _entries.Add(key, _recent.AddFirst(new Entry(key, answer, size)));
        _bytes += size;
        CubeTelemetry.KeptAnswers.Add(1);
        CubeTelemetry.KeptBytes.Add(size);
        while (_bytes > largestBytes)
        {
            var oldest = _recent.Last!.Value;
            _recent.RemoveLast();
            _entries.Remove(oldest.Key);
            _bytes -= oldest.Size;
            CubeTelemetry.KeptAnswers.Add(-1);
            CubeTelemetry.KeptBytes.Add(-oldest.Size);
        }
    }

    private sealed record Entry(string Key, Answer Answer, long Size);

    private sealed class Flight
    {
        public Task<Answer> Task { get; set; } = null!;
        public int Waiting { get; set; }
        public CancellationTokenSource Cancellation { get; } = new();
    }
}
