using Floe.Lakehouse.Catalog;
using Floe.ServiceDefaults.Lineage;

namespace Floe.Lakehouse.Lineage;

/// <summary>
/// The one rule by which all services name datasets and jobs in lineage; <c>docs/lineage.md</c> has it in words. Names are what people call the things, and hold
/// no addresses: ports change with every start, and a graph whose names change does not connect.
/// </summary>
public static class LineageNames
{
    /// <summary>A table of the lakehouse: <c>lakehouse</c> (the warehouse), <c>bronze.orders</c>.</summary>
    public static DatasetName Table(string warehouse, TableIdentifier table) => new(warehouse, table.ToString());

    /// <summary>A model that is not landed in a table: <c>dbt</c>, <c>floe_shop.stg_orders</c>.</summary>
    public static DatasetName Model(string project, string model) => new("dbt", $"{project}.{model}");

    /// <summary>A cube or a view of cubes, its fields the measures and dimensions: <c>cube</c>, <c>Orders</c>.</summary>
    public static DatasetName Cube(string cube) => new("cube", cube);

    /// <summary>The job that builds a model: <c>dbt.mart_revenue</c>.</summary>
    public static string ModelJob(string model) => $"dbt.{model}";

    /// <summary>The job that asks a project's data tests.</summary>
    public const string TestJob = "dbt.tests";

    /// <summary>The job that loads a cube's table into the query engine: <c>cube.Orders</c>.</summary>
    public static string CubeJob(string cube) => $"cube.{cube}";

    /// <summary>The job that asks a cube: <c>cube.Orders.query</c>.</summary>
    public static string QueryJob(string cube) => $"cube.{cube}.query";

    /// <summary>The job that brings all cubes to the newest snapshots.</summary>
    public const string RefreshJob = "cube.refresh";
}
