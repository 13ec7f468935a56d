using System.Runtime.CompilerServices;
using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation;

/// <summary>The shop's products. All were on sale before the shop's history starts; a few sell far more than the rest.</summary>
public sealed class ProductCatalogue
{
    private const int TableId = 2;

    // In the order of Shop.Categories.
    private static readonly AliasTable s_categories = new([0.24, 0.26, 0.20, 0.16, 0.14]);
    private static readonly (double From, double To)[] s_prices = [(15, 450), (9, 120), (7, 220), (8, 180), (5, 40)];

    private readonly RandomUuids _ids;
    private readonly RandomColumn _category;
    private readonly RandomColumn _price;
    private readonly RandomColumn _created;
    private readonly long[] _prices;
    private readonly AliasTable _popularity;
    private readonly long _historyFrom;

    /// <summary>The products of the shop that the plan describes.</summary>
    public ProductCatalogue(BatchPlan plan)
    {
        _ids = new RandomUuids(plan.Seed, TableId);
        _category = new RandomColumn(plan.Seed, TableId, 3);
        _price = new RandomColumn(plan.Seed, TableId, 4);
        _created = new RandomColumn(plan.Seed, TableId, 5);
        _historyFrom = Micros.From(plan.HistoryFrom);

        _popularity = new AliasTable(Popularity.Weights(plan.Products, 5, new RandomColumn(plan.Seed, TableId, 6)));
        _prices = new long[plan.Products];
        for (var row = 0; row < _prices.Length; row++)
            _prices[row] = PriceOf(row);
    }

    /// <summary>Number of products.</summary>
    public int Count => _prices.Length;

    /// <summary>The id of a product.</summary>
    public Guid Id(long row) => _ids[row];

    /// <summary>The halves of a product's id, see <see cref="RandomUuids.Halves"/>.</summary>
    internal (ulong High, ulong Low) IdHalves(long row) => _ids.Halves(row);

    /// <summary>The price of a product in cents.</summary>
    public long Price(int row) => _prices[row];

    /// <summary>The product that a random number stands for, the popular ones more often.</summary>
    public int Draw(ulong random) => _popularity.Pick(random);

    /// <summary>A product.</summary>
    public Product this[long row]
    {
        get
        {
            var category = CategoryOf(row);
            var created = _historyFrom - Micros.PerDay - (long)(_created.Unit(row) * 900 * Micros.PerDay);
            return new Product(row, _ids[row], ProductNames.Pick(category, row), Shop.Categories[category], _prices[row], created, created);
        }
    }

    private int CategoryOf(long row) => s_categories.Pick(_category[row]);

    // Evenly spread over the magnitudes of the category, on a price ending of shops.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long PriceOf(long row)
    {
        var (from, to) = s_prices[CategoryOf(row)];
        var whole = (long)(from * Math.Pow(to / from, _price.Unit(row)));
        return whole * 100 + (_price[row] % 4 == 0 ? 49 : 99);
    }
}
