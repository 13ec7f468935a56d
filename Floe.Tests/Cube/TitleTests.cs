using Floe.CubeProxy.Model;

namespace Floe.Tests.Cube;

public sealed class TitleTests
{
    // What Cube 1.7.43 made of these names.
    [Theory]
    [InlineData("total_revenue", "Total Revenue")]
    [InlineData("created_at", "Created at")]
    [InlineData("customerIds", "Customer IDs")]
    [InlineData("order_Id", "Order ID")]
    [InlineData("last_30_days", "Last30 Days")]
    [InlineData("avg30days", "Avg30 Days")]
    [InlineData("orders_2026", "Orders2026")]
    [InlineData("total_2_of", "Total2 of")]
    [InlineData("x1", "X1")]
    [InlineData("HTMLPage", "Html Page")]
    public void As_Cube_makes_them(string name, string title) => Assert.Equal(title, Titles.Of(name));
}
