using Floe.CubeProxy.Lineage;
using Floe.CubeProxy.Model;

namespace Floe.Tests.Lineage;

/// <summary>Which columns a member of a cube is made of, by its SQL in the model.</summary>
public sealed class MemberColumnsTests : IDisposable
{
    private static readonly Dictionary<TableName, HashSet<string>> s_tables = new()
    {
        [new("silver", "orders")] = new(["id", "status", "total", "customer_id"], StringComparer.OrdinalIgnoreCase),
        [new("gold", "customers")] = new(["id", "status", "name"], StringComparer.OrdinalIgnoreCase),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("floe-member-columns-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Orders.state", "orders.status DIRECT IDENTITY")]
    [InlineData("Orders.label", "orders.status DIRECT TRANSFORMATION, customers.name DIRECT TRANSFORMATION")]
    [InlineData("Orders.quoted", "")]
    [InlineData("Orders.revenue", "orders.total DIRECT AGGREGATION")]
    [InlineData("Orders.delivered", "orders.total DIRECT AGGREGATION, orders.status INDIRECT FILTER")]
    [InlineData("Orders.average", "orders.total DIRECT AGGREGATION")]
    [InlineData("Orders.count", "")]
    public async Task Columns_are_those_that_the_sql_names(string member, string expected)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "model.yml"), """
            cubes:
              - name: Orders
                sql_table: silver.orders
                joins:
                  - {name: Customers, sql: "{CUBE}.customer_id = {Customers}.id", relationship: many_to_one}
                dimensions:
                  - {name: id, sql: id, type: string, primary_key: true}
                  - {name: state, sql: status, type: string}
                  - {name: label, sql: "upper({CUBE}.status) || {Customers}.name || 'total'", type: string}
                  - {name: quoted, sql: "'status'", type: string}
                measures:
                  - {name: count, type: count}
                  - {name: revenue, sql: total, type: sum}
                  - {name: delivered, sql: "{CUBE}.TOTAL", type: sum, filters: [{sql: "{CUBE}.status = 'delivered'"}]}
                  - {name: average, sql: "{revenue} / NULLIF({count}, 0)", type: number}
              - name: Customers
                sql_table: gold.customers
                dimensions:
                  - {name: id, sql: id, type: string, primary_key: true}
            """);
        var cube = ModelFolder.Read(_folder).Find("Orders")!;
        var columns = new MemberColumns(s_tables).Of(cube.Find(member.Split('.')[1])!);
        Assert.Equal(expected, string.Join(", ", columns.Select(c => $"{c.Table.Name}.{c.Column} {c.How.Type} {c.How.Subtype}")));
    }
}
