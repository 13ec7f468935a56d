using System.Text;
using System.Text.Json.Nodes;
using Npgsql;

namespace Floe.Tests.Cube.SqlApi;

/// <summary>Random questions, asked in SQL and in Cube's JSON, have the same answer.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class SqlRandomTests(RecordedShop shop)
{
    private const int Seed = 20261121;

    [Fact]
    public Task Equal_the_REST_API() => CompareAsync(30);

    [Fact]
    [Trait("Category", "Long")]
    public Task Many_equal_the_REST_API() => CompareAsync(2_000);

    private async Task CompareAsync(int count)
    {
        var random = new Random(Seed);
        await using var source = SqlClient.Connect(shop.Cube);
        await using var connection = await source.OpenConnectionAsync();
        for (var i = 0; i < count; i++)
        {
            var question = Question.Next(random);
            var expected = (await shop.Cube.RowsAsync(question.Json)).Select(row => string.Join('|', question.Columns.Select(column => Text(row![column])))).Order(StringComparer.Ordinal).ToList();
            List<string> actual;
            try
            {
                actual = (await connection.RowsAsync(question.Sql)).Select(row => string.Join('|', row.Select(value => value ?? "NULL"))).Order(StringComparer.Ordinal).ToList();
            }
            catch (PostgresException e)
            {
                throw new InvalidOperationException($"{question.Sql}: {e.MessageText}", e);
            }
            Assert.True(expected.SequenceEqual(actual), $"{question.Sql}\n{question.Json}\nREST only: {string.Join("; ", expected.Except(actual).Take(4))}\nSQL only: {string.Join("; ", actual.Except(expected).Take(4))}\n{expected.Count} and {actual.Count} rows");
        }
    }

    private static string Text(JsonNode? value) =>
        value is null ? "NULL" : value.GetValue<string>() is var text && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? SqlClient.Number(number) : text;

    /// <summary>The same question twice.</summary>
    private sealed record Question(string Sql, string Json, IReadOnlyList<string> Columns)
    {
        private static readonly Source[] _sources =
        [
            new("Orders", ["Orders.count", "Orders.total_revenue", "Orders.average_order_value", "Orders.max_order", "Orders.distinct_customers", "Orders.completed_count"], ["Orders.status", "Orders.region"], "Orders.order_date", ["Orders.completed", "Orders.big"]),
            new("Orders CROSS JOIN Customers", ["Orders.count", "Customers.count", "Orders.total_revenue"], ["Customers.segment", "Customers.region", "Orders.status"], "Orders.order_date", ["Orders.big"]),
            new("Orders, OrderItems, Products", ["Orders.count", "OrderItems.quantity", "Orders.total_revenue", "Products.count"], ["Products.category", "Orders.region", "OrderItems.quantity_dim"], "Orders.order_date", ["Orders.completed"]),
            new("OrderItems CROSS JOIN Products", ["OrderItems.revenue", "OrderItems.count", "Products.average_price"], ["Products.category", "OrderItems.quantity_dim"], null, []),
        ];

        public static Question Next(Random random)
        {
            var source = _sources[random.Next(_sources.Length)];
            var measures = Some(source.Measures, random, 1, 3);
            var dimensions = Some(source.Dimensions, random, 0, 2);
            var granularity = source.Time is not null && random.Next(3) == 0 ? ((string[])["day", "week", "month", "quarter", "year"])[random.Next(5)] : null;
            List<string> select = [.. dimensions];
            if (granularity is not null) select.Add($"date_trunc('{granularity}', {source.Time})");
            var groups = select.Count;
            select.AddRange(measures.Select(measure => $"MEASURE({measure})"));
            var (where, filters, having, segments) = (new List<string>(), new JsonArray(), new List<string>(), new JsonArray());
            for (var i = random.Next(3); i > 0; i--) Condition(source, random, where, filters);
            if (source.Segments.Count > 0 && random.Next(4) == 0)
            {
                var segment = source.Segments[random.Next(source.Segments.Count)];
                where.Add(((string[])[segment, $"{segment} IS TRUE", $"{segment} = true"])[random.Next(3)]);
                segments.Add(segment);
            }
            var json = new JsonObject { ["measures"] = Array(measures), ["dimensions"] = Array(dimensions), ["limit"] = 50_000 };
            if (source.Time is not null && (granularity is not null || random.Next(3) == 0))
            {
                var from = new DateTime(2025, 1, 1).AddDays(random.Next(600));
                var to = from.AddDays(random.Next(1, 200));
                var time = new JsonObject { ["dimension"] = source.Time };
                if (granularity is not null) time["granularity"] = granularity;
                if (random.Next(4) > 0)
                {
                    where.Add($"{source.Time} >= '{from:yyyy-MM-dd}' AND {source.Time} < '{to:yyyy-MM-dd}'");
                    time["dateRange"] = Array([$"{from:yyyy-MM-dd}", $"{to.AddDays(-1):yyyy-MM-dd}"]);
                }
                if (time.Count > 1) json["timeDimensions"] = new JsonArray(time);
            }
            if (random.Next(4) == 0)
            {
                var least = random.Next(1, 2_000);
                having.Add($"MEASURE({measures[0]}) > {least}");
                filters.Add(Filter(measures[0], "gt", least.ToString()));
            }
            if (filters.Count > 0) json["filters"] = filters;
            if (segments.Count > 0) json["segments"] = segments;
            var sql = new StringBuilder($"SELECT {string.Join(", ", select)} FROM {source.From}");
            if (where.Count > 0) sql.Append($" WHERE {string.Join(" AND ", where)}");
            if (groups > 0) sql.Append($" GROUP BY {string.Join(", ", Enumerable.Range(1, groups))}");
            if (having.Count > 0) sql.Append($" HAVING {string.Join(" AND ", having)}");
            // A page of an order that leaves nothing open, not even where NULL stands.
            if (groups > 0 && !dimensions.Exists(dimension => dimension.EndsWith(".region", StringComparison.Ordinal)) && random.Next(3) == 0)
            {
                sql.Append($" ORDER BY {string.Join(", ", Enumerable.Range(1, groups).Select(i => $"{i} DESC"))} LIMIT 5 OFFSET 1");
                json["order"] = new JsonArray([.. dimensions.Concat(granularity is null ? [] : [source.Time!]).Select(member => Array([member, "desc"]))]);
                (json["limit"], json["offset"]) = (5, 1);
            }
            return new Question(sql.ToString(), json.ToJsonString(), [.. dimensions, .. granularity is null ? (string[])[] : [$"{source.Time}.{granularity}"], .. measures]);
        }

        private static void Condition(Source source, Random random, List<string> where, JsonArray filters)
        {
            var text = source.Dimensions.Where(dimension => !dimension.EndsWith("_dim", StringComparison.Ordinal)).ToList();
            var member = text[random.Next(text.Count)];
            var value = ((string[])["completed", "shipped", "North", "West", "Camping", "Consumer"])[random.Next(6)];
            switch (random.Next(8))
            {
                case 0: Add($"{member} = '{value}'", Filter(member, "equals", value)); break;
                case 1: Add($"({member} <> '{value}' OR {member} IS NULL)", Filter(member, "notEquals", value)); break;
                case 2: Add($"{member} IN ('{value}', 'South', 'cancelled')", Filter(member, "equals", value, "South", "cancelled")); break;
                case 3: Add($"{member} IS NOT NULL", Filter(member, "set")); break;
                case 4: Add($"{member} ILIKE '%{value[1..3]}%'", Filter(member, "contains", value[1..3])); break;
                case 5: Add($"(1 = 1 AND ({member} ILIKE '{value[..2]}%' OR {member} IS NULL))", new JsonObject { ["or"] = new JsonArray(Filter(member, "startsWith", value[..2]), Filter(member, "notSet")) }); break;
                case 6 when source.Dimensions.Contains("OrderItems.quantity_dim"): Add("OrderItems.quantity_dim BETWEEN 2 AND 4", new JsonObject { ["and"] = new JsonArray(Filter("OrderItems.quantity_dim", "gte", "2"), Filter("OrderItems.quantity_dim", "lte", "4")) }); break;
                case 7 when source.Segments.Count > 0:
                    var segment = source.Segments[random.Next(source.Segments.Count)];
                    Add($"({segment} OR {member} = '{value}')", new JsonObject { ["or"] = new JsonArray(Filter(segment, "equals", "true"), Filter(member, "equals", value)) });
                    break;
                default: Add($"NOT ({member} IS NULL OR {member} = '{value}')", Filter(member, "notEquals", value, null)); break;
            }

            void Add(string sql, JsonObject filter)
            {
                where.Add(sql);
                filters.Add(filter);
            }
        }

        private static JsonObject Filter(string member, string operation, params string?[] values) => values.Length == 0
            ? new JsonObject { ["member"] = member, ["operator"] = operation }
            : new JsonObject { ["member"] = member, ["operator"] = operation, ["values"] = Array(values) };

        private static JsonArray Array(IEnumerable<string?> texts) => [.. texts.Select(text => (JsonNode?)text)];

        private static List<string> Some(IReadOnlyList<string> from, Random random, int least, int most)
        {
            var some = from.ToArray();
            random.Shuffle(some);
            return [.. some.Take(random.Next(least, most + 1))];
        }

        private sealed record Source(string From, IReadOnlyList<string> Measures, IReadOnlyList<string> Dimensions, string? Time, IReadOnlyList<string> Segments);
    }
}
