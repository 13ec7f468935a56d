using System.Diagnostics;
using System.Globalization;
using Bogus;
using DuckDB.NET.Data;

// What a shop's orders and lines cost when others make them: bench/generate.sh runs this beside Floe's own generator.
// Arguments: how (range: DuckDB's own SQL; bogus: Faker<T> objects and DuckDB's appender), orders, threads, folder for the Parquet files.
// Prints seconds, rows and peak megabytes. Both make poorer data than Floe does: uniform customers, products and times, totals that are no sums.
if (args is not [var how and ("range" or "bogus"), var ordersText, var threadsText, var folder])
{
    Console.Error.WriteLine("Floe.Bench.Generate range|bogus ORDERS THREADS DIR; see bench/generate.sh.");
    return 2;
}

const string Options = "(format parquet, compression zstd, compression_level -3, parquet_version v2, dictionary_size_limit 2000)";
const long PartOrders = 250_000;
var orders = long.Parse(ordersText, CultureInfo.InvariantCulture);
var threads = int.Parse(threadsText, CultureInfo.InvariantCulture);
Directory.CreateDirectory(folder);
var parts = new List<(long From, long To)>();
for (var from = 0L; from < orders; from += PartOrders)
    parts.Add((from, Math.Min(orders, from + PartOrders)));

var watch = Stopwatch.StartNew();
Parallel.ForEach(parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
{
    using var db = new DuckDBConnection("Data Source=:memory:;threads=1");
    db.Open();
    Execute(db, "set timezone = 'UTC'");
    if (how == "range")
        Range(db, part.From, part.To);
    else
        Fake(db, part.From, part.To);
});
watch.Stop();
using var process = Process.GetCurrentProcess();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds:0.000} {4 * orders} {process.PeakWorkingSet64 / 1_000_000}"));
return 0;

// hash() is deterministic and cheap; range() is one thread's work, so the parts are what spreads it.
void Range(DuckDBConnection db, long from, long to)
{
    Execute(db, string.Create(CultureInfo.InvariantCulture, $"""
        copy (select
            md5(i::varchar || 'o')::uuid as order_id,
            md5((hash(i, 1) % {orders / 5 + 1})::varchar)::uuid as customer_id,
            ['pending', 'processing', 'shipped', 'delivered', 'cancelled'][(1 + hash(i, 2) % 5)::bigint] as status,
            ((1000 + hash(i, 3) % 50000)::decimal(14, 0) * 0.01)::decimal(14, 2) as total_amount,
            make_timestamptz(1710000000000000 + i * {63_072_000_000_000 / orders}) as order_date,
            case when hash(i, 2) % 5 in (2, 3) then make_timestamptz(1710000000000000 + i * {63_072_000_000_000 / orders} + (hash(i, 4) % 345600000000)::bigint) end as shipped_date,
            make_timestamptz(1710000000000000 + i * {63_072_000_000_000 / orders} + (hash(i, 5) % 864000000000)::bigint) as updated_at
            from range({from}, {to}) as r(i)) to '{folder}/orders-{from}.parquet' {Options};
        copy (select
            md5(i::varchar || 'l')::uuid as order_item_id,
            md5((i // 3)::varchar || 'o')::uuid as order_id,
            md5((hash(i, 1) % 50000)::varchar || 'p')::uuid as product_id,
            (1 + hash(i, 2) % 5)::int as quantity,
            ((499 + hash(i, 3) % 45000)::decimal(14, 0) * 0.01)::decimal(12, 2) as unit_price,
            ((hash(i, 4) % 500)::decimal(14, 0) * 0.01)::decimal(12, 2) as discount,
            ((499 + hash(i, 5) % 90000)::decimal(14, 0) * 0.01)::decimal(14, 2) as subtotal,
            make_timestamptz(1710000000000000 + (i // 3) * {63_072_000_000_000 / orders}) as updated_at
            from range({3 * from}, {3 * to}) as r(i)) to '{folder}/order_items-{from}.parquet' {Options}
        """));
}

void Fake(DuckDBConnection db, long from, long to)
{
    var seed = (int)(from / PartOrders);
    string[] statuses = ["pending", "processing", "shipped", "delivered", "cancelled"];
    var start = new DateTime(2024, 3, 14, 0, 0, 0, DateTimeKind.Utc);
    var customers = Enumerable.Range(0, 10_000).Select(_ => Guid.NewGuid()).ToList();
    var faker = new Faker<Order>().UseSeed(seed)
        .RuleFor(o => o.Id, f => f.Random.Guid()).RuleFor(o => o.Customer, f => f.PickRandom(customers)).RuleFor(o => o.Status, f => f.PickRandom(statuses))
        .RuleFor(o => o.Total, f => f.Finance.Amount(10, 500)).RuleFor(o => o.Date, f => f.Date.Between(start, start.AddDays(730)))
        .RuleFor(o => o.Shipped, (f, o) => o.Date.AddHours(f.Random.Int(9, 94))).RuleFor(o => o.Updated, (f, o) => o.Date.AddHours(f.Random.Int(1, 238)));
    var lines = new Faker<Line>().UseSeed(seed)
        .RuleFor(l => l.Id, f => f.Random.Guid()).RuleFor(l => l.Product, f => f.PickRandom(customers)).RuleFor(l => l.Quantity, f => f.Random.Int(1, 5))
        .RuleFor(l => l.Price, f => f.Finance.Amount(5, 450)).RuleFor(l => l.Discount, f => f.Finance.Amount(0, 5)).RuleFor(l => l.Subtotal, (f, l) => l.Quantity * l.Price - l.Discount);
    Execute(db, "create table orders (order_id uuid, customer_id uuid, status varchar, total_amount decimal(14, 2), order_date timestamp, shipped_date timestamp, updated_at timestamp)");
    Execute(db, "create table order_items (order_item_id uuid, order_id uuid, product_id uuid, quantity int, unit_price decimal(12, 2), discount decimal(12, 2), subtotal decimal(14, 2), updated_at timestamp)");
    using (var intoOrders = db.CreateAppender("orders"))
    using (var intoLines = db.CreateAppender("order_items"))
    {
        for (var i = from; i < to; i++)
        {
            var order = faker.Generate();
            intoOrders.CreateRow().AppendValue(order.Id).AppendValue(order.Customer).AppendValue(order.Status).AppendValue(order.Total)
                .AppendValue(order.Date).AppendValue(order.Shipped).AppendValue(order.Updated).EndRow();
            for (var n = 0; n < 3; n++)
            {
                var line = lines.Generate();
                intoLines.CreateRow().AppendValue(line.Id).AppendValue(order.Id).AppendValue(line.Product).AppendValue(line.Quantity).AppendValue(line.Price)
                    .AppendValue(line.Discount).AppendValue(line.Subtotal).AppendValue(order.Date).EndRow();
            }
        }
    }

    Execute(db, string.Create(CultureInfo.InvariantCulture, $"copy orders to '{folder}/orders-{from}.parquet' {Options}; copy order_items to '{folder}/order_items-{from}.parquet' {Options}"));
}

static void Execute(DuckDBConnection db, string sql)
{
    using var command = db.CreateCommand();
    command.CommandText = sql;
    command.ExecuteNonQuery();
}

internal sealed class Order
{
    public Guid Id { get; set; }

    public Guid Customer { get; set; }

    public string Status { get; set; } = "";

    public decimal Total { get; set; }

    public DateTime Date { get; set; }

    public DateTime Shipped { get; set; }

    public DateTime Updated { get; set; }
}

internal sealed class Line
{
    public Guid Id { get; set; }

    public Guid Product { get; set; }

    public int Quantity { get; set; }

    public decimal Price { get; set; }

    public decimal Discount { get; set; }

    public decimal Subtotal { get; set; }
}
