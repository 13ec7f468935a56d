using System.Diagnostics;
using Floe.CubeProxy.Observation;
using Floe.Lakehouse.Lineage;
using Floe.ServiceDefaults.Lineage;
using Floe.ServiceDefaults.Lineage.Facets;

namespace Floe.CubeProxy.Lineage;

/// <summary>
/// What lineage says of queries: who looks at the graph wants to know which cubes are read, how much, and what of them; not every query, of which a dashboard
/// makes thousands. So the queries of a cube within an interval are one run of its job <c>cube.CUBE.query</c>, and a cube that nobody asked has none.
/// </summary>
internal sealed class QueryLineage(LineageEmitter emitter, TimeProvider clock) : BackgroundService
{
    private const int MostMembers = 200;

    private static readonly JobTypeFacet s_query = JobTypeFacet.Batch("CUBE", "QUERY");

    private readonly object _gate = new();
    private Dictionary<string, Tally> _tallies = [];

    private bool IsOn => emitter.IsOn && emitter.QueryInterval > TimeSpan.Zero;

    public void Add(QuerySubject subject, double seconds, bool isKept, bool isFailed)
    {
        if (!IsOn) return;
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            foreach (var cube in subject.Cubes)
            {
                if (!_tallies.TryGetValue(cube, out var tally)) _tallies.Add(cube, tally = new Tally { First = now - TimeSpan.FromSeconds(seconds) });
                tally.Last = now;
                tally.Queries++;
                if (isKept) tally.Kept++;
                if (isFailed) tally.Failed++;
                tally.Seconds += seconds;
                if (seconds >= tally.Longest) (tally.Longest, tally.Trace) = (seconds, TraceFacet.Current);
                foreach (var (of, member) in subject.Members)
                {
                    if (of == cube && member.Length > 0 && tally.Members.Count < MostMembers) tally.Members.Add(member);
                }
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsOn) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(emitter.QueryInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Also of an interval that the service's stop cuts short.
            Tell();
        }
    }

    private void Tell()
    {
        Dictionary<string, Tally> told;
        lock (_gate) (told, _tallies) = (_tallies, []);
        foreach (var (cube, tally) in told) Tell(cube, tally);
    }

    private void Tell(string cube, Tally tally)
    {
        var begun = new RunEvent
        {
            EventType = RunEventType.Start,
            EventTime = tally.First,
            Run = new(Guid.CreateVersion7(tally.First), new() { Trace = tally.Trace }),
            Job = emitter.Job(LineageNames.QueryJob(cube), new() { JobType = s_query }),
            Inputs = [InputDataset.Of(LineageNames.Cube(cube))],
        };
        var failed = tally.Failed == tally.Queries;
        emitter.Emit(begun);
        emitter.Emit(begun with
        {
            EventType = failed ? RunEventType.Fail : RunEventType.Complete,
            EventTime = tally.Last,
            Run = begun.Run with
            {
                Facets = begun.Run.Facets with
                {
                    ErrorMessage = failed ? new($"All {tally.Queries} queries failed; the reasons are in the traces.") : null,
                    Queries = new(tally.Queries, tally.Kept, tally.Failed, Math.Round(tally.Seconds / tally.Queries, 6), Math.Round(tally.Longest, 6), [.. tally.Members.Order(StringComparer.Ordinal)]),
                },
            },
        });
    }

    private sealed class Tally
    {
        public required DateTimeOffset First { get; init; }
        public DateTimeOffset Last { get; set; }
        public long Queries { get; set; }
        public long Kept { get; set; }
        public long Failed { get; set; }
        public double Seconds { get; set; }
        public double Longest { get; set; }
        public TraceFacet? Trace { get; set; }
        public HashSet<string> Members { get; } = [];
    }
}
