using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation;

/// <summary>
/// The shop's customers. They are numbered by sign-up, some active far more than others; the drawing for an order is among those who had
/// signed up when it was placed.
/// </summary>
public sealed class CustomerBase
{
    private const int TableId = 1;

    // Signed up in the year before the shop's history starts, so that its first orders have someone to come from.
    private const double EarlyShare = 0.3;

    private static readonly AliasTable s_regions = new([0.36, 0.30, 0.22, 0.12]);

    private readonly RandomUuids _ids;
    private readonly RandomColumn _person;
    private readonly RandomColumn _region;
    private readonly RandomColumn _edited;
    private readonly RandomColumn _editedAt;
    private readonly long[] _signUps;
    private readonly double[] _activity;
    private readonly long _historyTo;

    /// <summary>The customers of the shop that the plan describes.</summary>
    public CustomerBase(BatchPlan plan)
    {
        _ids = new RandomUuids(plan.Seed, TableId);
        _person = new RandomColumn(plan.Seed, TableId, 3);
        _region = new RandomColumn(plan.Seed, TableId, 4);
        _edited = new RandomColumn(plan.Seed, TableId, 6);
        _editedAt = new RandomColumn(plan.Seed, TableId, 7);

        var from = Micros.From(plan.HistoryFrom);
        _historyTo = Micros.From(plan.HistoryTo);
        _signUps = SignUps(plan.Customers, from, _historyTo, new RandomColumn(plan.Seed, TableId, 5));

        // Running sums: a draw below the sum of the first n customers finds one of them, with the right weight.
        _activity = Popularity.Weights(plan.Customers, plan.Customers * 0.02, new RandomColumn(plan.Seed, TableId, 8));
        for (var i = 1; i < _activity.Length; i++)
            _activity[i] += _activity[i - 1];
    }

    /// <summary>Number of customers.</summary>
    public int Count => _signUps.Length;

    /// <summary>The id of a customer.</summary>
    public Guid Id(long row) => _ids[row];

    /// <summary>A customer.</summary>
    public Customer this[long row]
    {
        get
        {
            var (name, email) = PersonNames.Pick(_person[row], row + 1);
            var signUp = _signUps[row];
            var updated = _edited.Hits(row, 0.3) ? signUp + (long)(_editedAt.Unit(row) * (_historyTo - signUp)) : signUp;
            return new Customer(row, _ids[row], name, email, Shop.Regions[s_regions.Pick(_region[row])], signUp, updated);
        }
    }

    /// <summary>Who orders at a moment: one of those signed up by then, the active ones more often.</summary>
    /// <param name="at">When.</param>
    /// <param name="u">A random number in [0, 1).</param>
    public int Draw(long at, double u)
    {
        var signedUp = Array.BinarySearch(_signUps, at);
        if (signedUp < 0)
            signedUp = ~signedUp - 1;
        // The first sign-up is the start of the year before the history, so somebody is always there.
        var found = Array.BinarySearch(_activity, 0, signedUp + 1, u * _activity[signedUp]);
        return Math.Min(found < 0 ? ~found : found, signedUp);
    }

    private static long[] SignUps(int count, long from, long to, RandomColumn jitter)
    {
        var signUps = new long[count];
        var early = from - 365 * Micros.PerDay;
        signUps[0] = early;
        for (var row = 1; row < count; row++)
        {
            var u = (row + jitter.Unit(row)) / count;
            signUps[row] = u < EarlyShare
                ? early + (long)(u / EarlyShare * (from - early))
                : from + (long)((u - EarlyShare) / (1 - EarlyShare) * (to - from));
        }

        return signUps;
    }
}
