using System.Runtime.CompilerServices;
using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation;

/// <summary>
/// The shop's customers. They are numbered by sign-up, some active far more than others (Zipf-Mandelbrot, the ranks dealt by chance); the
/// drawing for an order is among those who had signed up when it was placed. Everything is computed from the row: no memory per customer.
/// </summary>
public sealed class CustomerBase
{
    private const int TableId = 1;

    // Signed up in the year before the shop's history starts, so that its first orders have someone to come from.
    private const double EarlyShare = 0.3;
    private const long EarlyYear = 365 * Micros.PerDay;

    // The larger, the less the most active stand out: with 2 % a fifth of the customers has about 60 % of the orders.
    private const double Flatness = 0.02;

    private static readonly AliasTable s_regions = new([0.36, 0.30, 0.22, 0.12]);

    private readonly RandomUuids _ids;
    private readonly RandomColumn _person;
    private readonly RandomColumn _region;
    private readonly RandomColumn _signUp;
    private readonly RandomColumn _edited;
    private readonly RandomColumn _editedAt;
    private readonly Permutation _ranks;
    private readonly long _historyFrom;
    private readonly long _historyTo;
    private readonly double _offset;
    private readonly double _range;

    /// <summary>The customers of the shop that the plan describes.</summary>
    public CustomerBase(BatchPlan plan)
    {
        _ids = new RandomUuids(plan.Seed, TableId);
        _person = new RandomColumn(plan.Seed, TableId, 3);
        _region = new RandomColumn(plan.Seed, TableId, 4);
        _signUp = new RandomColumn(plan.Seed, TableId, 5);
        _edited = new RandomColumn(plan.Seed, TableId, 6);
        _editedAt = new RandomColumn(plan.Seed, TableId, 7);
        _ranks = new Permutation(plan.Customers, new RandomColumn(plan.Seed, TableId, 8));
        _historyFrom = Micros.From(plan.HistoryFrom);
        _historyTo = Micros.From(plan.HistoryTo);
        Count = plan.Customers;
        _offset = Count * Flatness;
        _range = Math.Log((Count + _offset) / _offset);
    }

    /// <summary>Number of customers.</summary>
    public int Count { get; }

    /// <summary>The id of a customer.</summary>
    public Guid Id(long row) => _ids[row];

    /// <summary>The halves of a customer's id, see <see cref="RandomUuids.Halves"/>.</summary>
    internal (ulong High, ulong Low) IdHalves(long row) => _ids.Halves(row);

    /// <summary>A customer.</summary>
    public Customer this[long row]
    {
        get
        {
            var (name, email) = PersonNames.Pick(Person(row), Number(row));
            var (created, updated) = Times(row);
            return new Customer(row, _ids[row], name, email, Shop.Regions[Region(row)], created, updated);
        }
    }

    /// <summary>The number in a customer's address, that nobody else has.</summary>
    internal static long Number(long row) => row + 1;

    /// <summary>The random number of a customer's name, see <see cref="PersonNames"/>.</summary>
    internal ulong Person(long row) => _person[row];

    /// <summary>A customer's region, by its place in <see cref="Shop.Regions"/>.</summary>
    internal int Region(long row) => s_regions.Pick(_region[row]);

    /// <summary>When a customer signed up, and was last changed; in <see cref="Micros"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal (long Created, long Updated) Times(long row)
    {
        var signUp = SignUp(row);
        return (signUp, _edited.Hits(row, 0.3) ? signUp + (long)(_editedAt.Unit(row) * (_historyTo - signUp)) : signUp);
    }

    /// <summary>Who orders at a moment: one of those signed up by then, the active ones more often.</summary>
    /// <param name="at">When; not before the shop's history.</param>
    /// <param name="chances">Random numbers of a row.</param>
    /// <param name="row">The row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Draw(long at, RandomColumn chances, long row)
    {
        var signedUp = SignedUpBy(at);
        // Draws from all, again until it is somebody who was there. A third of the customers was there at the start: two or three draws are enough
        // at the worst, and the limit is for shops with a handful of customers.
        for (var attempt = 0L; attempt < 48; attempt++)
        {
            var rank = (long)(_offset * (Math.Exp(chances.Unit(row + (attempt << 48)) * _range) - 1));
            var customer = _ranks[Math.Min(rank, Count - 1)];
            if (customer < signedUp)
                return (int)customer;
        }

        return (int)chances.Below(row, signedUp);
    }

    // Evenly over the early year and over the history, each in its stratum: rises with the row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long SignUp(long row)
    {
        if (row == 0)
            return _historyFrom - EarlyYear;
        var u = (row + _signUp.Unit(row)) / Count;
        return u < EarlyShare
            ? _historyFrom - EarlyYear + (long)(u / EarlyShare * EarlyYear)
            : _historyFrom + (long)((u - EarlyShare) / (1 - EarlyShare) * (_historyTo - _historyFrom));
    }

    // Number of customers who signed up until then, at least 1: the stratum says who it is but for one or two.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long SignedUpBy(long at)
    {
        if (at >= _historyTo)
            return Count;
        var u = EarlyShare + (double)(at - _historyFrom) / (_historyTo - _historyFrom) * (1 - EarlyShare);
        var count = Math.Clamp((long)(u * Count), 1, Count);
        while (count < Count && SignUp(count) <= at)
            count++;
        while (count > 1 && SignUp(count - 1) > at)
            count--;
        return count;
    }
}
