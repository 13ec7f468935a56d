using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;

namespace Floe.Tests.Cube.SqlApi;

/// <summary>A SELECT gives what the same question to the REST API gives; what neither of them knows is refused in one sentence.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class SqlQueryTests(RecordedShop shop) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _sql = SqlClient.Connect(shop.Cube);

    public ValueTask DisposeAsync() => _sql.DisposeAsync();

    [Theory]
    [InlineData("SELECT status, MEASURE(total_revenue) FROM Orders WHERE order_date >= '2026-01-01' GROUP BY 1 ORDER BY 2 DESC LIMIT 5",
        """{"measures":["Orders.total_revenue"],"dimensions":["Orders.status"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":["2026-01-01","2030-01-01"]}],"order":[["Orders.total_revenue","desc"]],"limit":5}""", "Orders.status,Orders.total_revenue")]
    [InlineData("""select o."region" as r, count(*), sum(o.total_revenue) as "Money", avg(average_order_value) from public.orders o group by o.region order by r nulls first""",
        """{"measures":["Orders.count","Orders.total_revenue","Orders.average_order_value"],"dimensions":["Orders.region"]}""", "Orders.region,Orders.count,Orders.total_revenue,Orders.average_order_value")]
    [InlineData("SELECT date_trunc('month', order_date) AS m, COUNT(count), max(max_order), count(distinct distinct_customers) FROM Orders WHERE order_date >= '2026-01-01' AND order_date < '2026-07-01' GROUP BY m ORDER BY m",
        """{"measures":["Orders.count","Orders.max_order","Orders.distinct_customers"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"month","dateRange":["2026-01-01","2026-06-30"]}]}""", "Orders.order_date.month,Orders.count,Orders.max_order,Orders.distinct_customers")]
    [InlineData("SELECT MEASURE(count) FROM Orders WHERE status IN ('completed', 'shipped') AND NOT (region = 'North' OR region IS NULL)",
        """{"measures":["Orders.count"],"filters":[{"member":"Orders.status","operator":"equals","values":["completed","shipped"]},{"member":"Orders.region","operator":"set"},{"and":[{"member":"Orders.region","operator":"notEquals","values":["North"]}]}]}""", "Orders.count")]
    [InlineData("SELECT count(*) FROM Orders WHERE status NOT IN ('completed') AND region <> 'North'",
        """{"measures":["Orders.count"],"filters":[{"member":"Orders.status","operator":"notEquals","values":["completed"]},{"member":"Orders.status","operator":"set"},{"member":"Orders.region","operator":"notEquals","values":["North"]},{"member":"Orders.region","operator":"set"}]}""", "Orders.count")]
    [InlineData("SELECT status, count(*) FROM Orders WHERE status ILIKE 'COM%' OR status LIKE 'ship%' OR status LIKE 'CANC%' GROUP BY status ORDER BY status",
        """{"measures":["Orders.count"],"dimensions":["Orders.status"],"filters":[{"member":"Orders.status","operator":"startsWith","values":["com","ship"]}],"order":[["Orders.status","asc"]]}""", "Orders.status,Orders.count")]
    [InlineData("SELECT count(*) FROM Orders WHERE order_date BETWEEN '2026-02-01' AND '2026-02-10 12:00:00'",
        """{"measures":["Orders.count"],"filters":[{"and":[{"member":"Orders.order_date","operator":"afterOrOnDate","values":["2026-02-01"]},{"member":"Orders.order_date","operator":"beforeOrOnDate","values":["2026-02-10T12:00:00"]}]}]}""", "Orders.count")]
    [InlineData("SELECT count(*) FROM Orders WHERE order_date >= date_trunc('month', now()) - interval '1 month' AND order_date < date_trunc('month', current_date)",
        """{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":"last month"}]}""", "Orders.count")]
    [InlineData("SELECT count(*) FROM Orders WHERE date_trunc('year', order_date) = '2026-01-01' AND order_date::date <= DATE '2026-03-31'",
        """{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":["2026-01-01","2026-03-31"]}]}""", "Orders.count")]
    [InlineData("SELECT c.region, MEASURE(o.total_revenue), MEASURE(c.count) FROM Orders o CROSS JOIN Customers c GROUP BY 1 ORDER BY 1 NULLS FIRST",
        """{"measures":["Orders.total_revenue","Customers.count"],"dimensions":["Customers.region"]}""", "Customers.region,Orders.total_revenue,Customers.count")]
    [InlineData("SELECT Products.category, sum(total_revenue) FROM Orders LEFT JOIN OrderItems ON Orders.__cubeJoinField = OrderItems.__cubeJoinField JOIN Products ON OrderItems.__cubeJoinField = Products.__cubeJoinField GROUP BY 1 ORDER BY 1",
        """{"measures":["Orders.total_revenue"],"dimensions":["Products.category"],"order":[["Products.category","asc"]]}""", "Products.category,Orders.total_revenue")]
    [InlineData("SELECT status, count(*) FROM Orders WHERE completed AND big = TRUE GROUP BY 1",
        """{"measures":["Orders.count"],"dimensions":["Orders.status"],"segments":["Orders.completed","Orders.big"]}""", "Orders.status,Orders.count")]
    [InlineData("SELECT count(*) FROM Orders WHERE (completed OR region = 'West') AND NOT (big AND status = 'shipped') AND (big IS NOT TRUE OR completed = false OR 1 = 1)",
        """{"measures":["Orders.count"],"filters":[{"or":[{"member":"Orders.status","operator":"equals","values":["completed"]},{"member":"Orders.region","operator":"equals","values":["West"]}]},{"or":[{"member":"Orders.big","operator":"equals","values":["false"]},{"and":[{"member":"Orders.status","operator":"notEquals","values":["shipped",null]}]}]}]}""", "Orders.count")]
    [InlineData("SELECT status, count(*) FROM Orders GROUP BY 1 HAVING count(*) > 600 AND MEASURE(average_order_value) > 10 ORDER BY 2",
        """{"measures":["Orders.count"],"dimensions":["Orders.status"],"filters":[{"member":"Orders.count","operator":"gt","values":["600"]}],"order":[["Orders.count","asc"]]}""", "Orders.status,Orders.count")]
    [InlineData("SELECT DISTINCT status FROM Orders ORDER BY status DESC LIMIT 2 OFFSET 1",
        """{"dimensions":["Orders.status"],"order":[["Orders.status","desc"]],"limit":2,"offset":1}""", "Orders.status")]
    [InlineData("SELECT count(*), count(*) FROM Orders WHERE 1 = 0", """{"measures":["Orders.count"],"filters":[{"member":"Orders.status","operator":"equals","values":["?"]}]}""", "Orders.count,Orders.count")]
    [InlineData("SELECT t.status, SUM(t.total_revenue) FROM (SELECT status, total_revenue FROM Orders WHERE region = 'West') t GROUP BY t.status ORDER BY 1",
        """{"measures":["Orders.total_revenue"],"dimensions":["Orders.status"],"filters":[{"member":"Orders.region","operator":"equals","values":["West"]}],"order":[["Orders.status","asc"]]}""", "Orders.status,Orders.total_revenue")]
    [InlineData("WITH big AS (SELECT region, MEASURE(count) AS n FROM Orders GROUP BY 1) SELECT region, n FROM big WHERE region IS NOT NULL ORDER BY region",
        """{"measures":["Orders.count"],"dimensions":["Orders.region"],"filters":[{"member":"Orders.region","operator":"set"}],"order":[["Orders.region","asc"]]}""", "Orders.region,Orders.count")]
    [InlineData("SELECT extract(year FROM order_date), count(*) FROM Orders WHERE lower(status) = 'completed' GROUP BY 1 ORDER BY 1",
        """{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"year"}],"filters":[{"member":"Orders.status","operator":"equals","values":["completed"]}]}""", "Orders.order_date.year:4,Orders.count")]
    public async Task Answers_equal_those_of_the_REST_API(string sql, string query, string columns)
    {
        var expected = (await shop.Cube.RowsAsync(query)).Select(row => columns.Split(',').Select(column => Value(row!, column)).ToArray()).ToList();
        var found = await _sql.RowsAsync(sql);
        Assert.NotEmpty(found);
        // The order of equal keys, and of NULLs, is each one's own.
        Assert.Equal(Sorted(expected), Sorted(found));
        Assert.Equal(found[0].Length, columns.Split(',').Length);
    }

    [Theory]
    [InlineData("SELECT sum(total_revenue) / count(*) - MEASURE(average_order_value), round(sum(total_revenue) * 2, 1), 'a' || 'b', CASE WHEN count(*) > 1 THEN 'many' ELSE 'few' END FROM Orders", "0|22676400|ab|many")]
    [InlineData("SELECT max(order_date)::date, count(DISTINCT region), min(status) FROM Orders", "2026-11-20T00:00:00.000|4|cancelled")]
    [InlineData("SELECT sum(n), avg(n), count(*), min(n) > 800 FROM (SELECT status, count(*) AS n FROM Orders GROUP BY 1 ORDER BY n DESC LIMIT 3) t WHERE n > 0", "4167|1389|3|true")]
    [InlineData("SELECT CASE WHEN status = 'completed' THEN 'done' ELSE 'open' END AS state, count(*), sum(total_revenue) FROM Orders GROUP BY 1 ORDER BY 1 LIMIT 1", "done|2499|5686128.06")]
    [InlineData("SELECT count(*) FROM (SELECT * FROM Orders LIMIT 7) t", "7")]
    [InlineData("SELECT 1 FROM Orders LIMIT 1", "1")]
    [InlineData("SELECT count(*), count(1) FROM (SELECT status FROM Orders WHERE region = 'West') t", "1237|1237")]
    [InlineData("SELECT sum(total_revenue) / 0, count(*) / 0, count(*) % 0 FROM Orders", "||")]
    [InlineData("SELECT coalesce(nullif(status, 'completed'), upper(status)), 7 / 2, 2 ^ 3 FROM Orders WHERE status = 'completed' LIMIT 1", "COMPLETED|3|8")]
    [InlineData("SELECT now(), current_date, current_timestamp, now()::date - 1, date_trunc('month', now())", "2026-11-21T00:10:00.000|2026-11-21T00:00:00.000|2026-11-21T00:10:00.000|2026-11-20T00:00:00.000|2026-11-01T00:00:00.000")]
    [InlineData("SELECT now() FROM Orders LIMIT 1", "2026-11-21T00:10:00.000")]
    [InlineData("SELECT 1 + 1, version(), current_user, current_database()", "2|PostgreSQL 15.0 (Floe SQL API)|cube|cube")]
    public async Task What_is_worked_out_around_it_is_right(string sql, string expected) =>
        Assert.Equal(expected, string.Join('|', Assert.Single(await _sql.RowsAsync(sql))));

    [Fact]
    public async Task Select_star_gives_rows_and_the_columns_that_the_catalog_names()
    {
        await using var connection = await _sql.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT * FROM Orders LIMIT 3", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var columns = Enumerable.Range(0, reader.FieldCount).Select(i => $"{reader.GetName(i)} {reader.GetDataTypeName(i)}");
        Assert.Equal("status text, region text, order_date timestamp without time zone, count bigint, total_revenue numeric, average_order_value numeric, completed_count bigint, max_order numeric, distinct_customers bigint", string.Join(", ", columns));
        var rows = 0;
        while (await reader.ReadAsync())
        {
            rows++;
            Assert.IsType<DateTime>(reader.GetValue(2));
            Assert.Equal(1L, reader.GetInt64(3));
            Assert.Equal(reader.GetDecimal(4), reader.GetDecimal(7));
        }
        Assert.Equal(3, rows);
    }

    [Theory]
    [InlineData("SELECT nope FROM Orders", "42703", "There is no column 'nope' in Orders.")]
    [InlineData("SELECT * FROM nope", "42P01", "There is no cube or view 'nope'.")]
    [InlineData("SELECT id FROM Orders", "42703", "There is no column 'id' in Orders.")]
    [InlineData("SELECT count FROM Orders CROSS JOIN Customers", "42702", "write Orders.count or Customers.count")]
    [InlineData("SELECT status, MEASURE(count) FROM Orders", "42803", "The column 'status' must be in GROUP BY")]
    [InlineData("SELECT avg(total_revenue) FROM Orders", "0A000", "use MEASURE(total_revenue)")]
    [InlineData("SELECT sum(total_revenue + 1) FROM Orders", "0A000", "aggregate the measure, then calculate")]
    [InlineData("SELECT status FROM Orders WHERE total_revenue > 5", "42803", "conditions on measures stand in HAVING")]
    [InlineData("SELECT count(*) FROM Orders WHERE coalesce(completed, false)", "0A000", "The segment 'completed' is supported as a condition")]
    [InlineData("SELECT completed, count(*) FROM Orders GROUP BY 1", "0A000", "The segment 'Orders.completed' is supported only as a condition in WHERE.")]
    [InlineData("SELECT status FROM Orders INTERSECT SELECT status FROM Orders", "0A000", "INTERSECT is not supported")]
    [InlineData("BEGIN; DECLARE c CURSOR FOR SELECT status FROM Orders", "0A000", "DECLARE is not supported")]
    [InlineData("FETCH 10 FROM c", "0A000", "FETCH is not supported")]
    [InlineData("MOVE 10 IN c", "0A000", "MOVE is not supported")]
    [InlineData("CLOSE c", "0A000", "This form of CLOSE is not supported")]
    [InlineData("SELECT count(*) FROM Orders UNION SELECT 1", "0A000", "UNION is not supported")]
    [InlineData("SELECT rank() OVER (ORDER BY count) FROM Orders", "0A000", "Window functions (OVER) are not supported.")]
    [InlineData("SELECT count(*) FROM Orders WHERE status IN (SELECT status FROM Orders)", "0A000", "IN (SELECT …) is not supported; send the values.")]
    [InlineData("SELECT count(*) FROM Orders o JOIN Customers c ON o.customer_id = c.id", "0A000", "ON a.__cubeJoinField = b.__cubeJoinField")]
    [InlineData("SELECT read_text('/etc/passwd') FROM Orders", "0A000", "The function read_text with 1 argument is not supported.")]
    [InlineData("SELECT * FROM read_text('/etc/passwd')", "0A000", "The table function 'read_text' is not supported.")]
    [InlineData("SELECT content FROM '/etc/passwd'", "42601", "expected a table")]
    [InlineData("SELECT read_text('/etc/passwd')", "0A000", "not supported")]
    [InlineData("SELECT pg_class.relname FROM pg_class, Orders", "0A000", "reads either the catalog or cubes")]
    [InlineData("DELETE FROM Orders", "0A000", "DELETE is not supported")]
    [InlineData("SELECT count(*) FROM Orders WHERE order_date > 'soon'", "22007", "'soon' is not a time; write it as '2026-01-31'")]
    [InlineData("SELECT CASE WHEN status = 'x' THEN 1 ELSE 2 END, MEASURE(average_order_value) FROM Orders GROUP BY 1", "0A000", "cannot be added up")]
    [InlineData("SELECT upper(Products.category), sum(Orders.total_revenue) FROM Orders CROSS JOIN Products GROUP BY 1", "0A000", "because a join repeats its rows")]
    [InlineData("SELECT count(*) FROM Orders LIMIT -1", "2201W", "LIMIT must not be negative.")]
    [InlineData("SELECT a.id FROM OrderItems a CROSS JOIN Orders b CROSS JOIN Orders c CROSS JOIN", "42601", "Syntax error at the end: expected a table.")]
    [InlineData("SELECT status FROM Orders; DROP TABLE Orders", "0A000", "DROP is not supported")]
    public async Task What_is_wrong_or_unknown_is_refused_by_name(string sql, string state, string sentence)
    {
        var error = await _sql.ErrorAsync(sql);
        Assert.Contains(sentence, error.MessageText);
        Assert.Equal(state, error.SqlState);
    }

    [Theory]
    [InlineData("' OR '1'='1")]
    [InlineData("'; DROP TABLE orders; --")]
    [InlineData("\\' OR 1=1 --")]
    [InlineData("$1")]
    [InlineData("%")]
    public async Task A_value_is_only_a_value(string value)
    {
        var literal = value.Replace("'", "''");
        foreach (var sql in (string[])[$"SELECT count(*) FROM Orders WHERE status = '{literal}'", $"SELECT count(*) FROM Orders WHERE upper(status) = '{literal}'", $"SELECT count(*) FROM Orders WHERE status IN ('{literal}', '{literal}x')", $"SELECT count(*) FROM Orders WHERE status LIKE E'{literal.Replace("\\", "\\\\").Replace("%", "\\\\%")}'"])
            Assert.Equal("0", Assert.Single(await _sql.RowsAsync(sql))[0]);
        Assert.Equal(value, Assert.Single(await _sql.RowsAsync($"SELECT '{literal}' FROM Orders LIMIT 1"))[0]);
        Assert.Equal(value, Assert.Single(await _sql.RowsAsync($"SELECT '{literal}'"))[0]);
        Assert.Equal("5000", Assert.Single(await _sql.RowsAsync("SELECT count(*) FROM Orders"))[0]);
    }

    private static List<string> Sorted(IEnumerable<string?[]> rows) => [.. rows.Select(row => string.Join(" | ", row.Select(cell => cell ?? "NULL"))).Order(StringComparer.Ordinal)];

    // "Orders.order_date.year:4": the first characters, as a number.
    private static string? Value(JsonNode row, string column)
    {
        var text = row[column.Split(':')[0]]?.ToString();
        if (column.Contains(':')) text = text?[..4];
        return text is not null && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? SqlClient.Number(number) : text;
    }
}
