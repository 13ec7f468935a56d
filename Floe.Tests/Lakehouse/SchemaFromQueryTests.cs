using Floe.Lakehouse;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse;

public sealed class SchemaFromQueryTests
{
    [Fact]
    public async Task Every_type_of_the_models_is_known()
    {
        using var db = LocalTable.Duck();
        var schema = await SchemaFromQuery.DescribeAsync(
            db,
            """
            SELECT 1::DECIMAL(18,4) AS a, uuid() AS b, 'x' AS c, 1::BIGINT AS d, 1::INTEGER AS e, now()::TIMESTAMP AS f, now() AS g, current_date AS h,
              true AS i, 1.0::DOUBLE AS j, 1::SMALLINT AS k, 1::FLOAT AS l, 'a'::ENUM('a', 'b') AS m
            """);

        Assert.Equal(
            "decimal(18, 4),uuid,string,long,int,timestamp,timestamptz,date,boolean,double,int,float,string",
            string.Join(",", schema.Fields.Select(f => f.Type)));
        Assert.Equal(Enumerable.Range(1, 13), schema.Fields.Select(f => f.Id));
        Assert.All(schema.Fields, f => Assert.False(f.Required));
    }

    [Fact]
    public async Task Columns_that_keep_their_name_keep_their_id_and_dropped_ids_are_not_used_again()
    {
        using var db = LocalTable.Duck();
        var before = new Schema([new(1, "a", PrimitiveType.Int, true, "doc"), new(2, "b", PrimitiveType.Decimal(12, 2), false), new(3, "c", PrimitiveType.String, false)], 4);

        var after = await SchemaFromQuery.DescribeAsync(db, "SELECT 'x' AS new, 1::BIGINT AS a, 2::DECIMAL(10,2) AS b", before, lastColumnId: 7);

        Assert.Equal([(8, "new", "string"), (1, "a", "long"), (2, "b", "decimal(12, 2)")], after.Fields.Select(f => (f.Id, f.Name, f.Type.ToString())));
        Assert.Equal((true, "doc"), (after.Fields[1].Required, after.Fields[1].Doc));
        Assert.Equal(5, after.SchemaId);
    }

    [Theory]
    [InlineData("SELECT sum(1) AS total", "'total' has the type HUGEINT", "BIGINT")]
    [InlineData("SELECT [1] AS list", "'list' has the type INTEGER[]", "nested")]
    [InlineData("SELECT 'x' AS a", "'a' is string, the table's is int", "cast the column to int")]
    public async Task A_type_that_cannot_be_is_refused_with_the_remedy(string sql, string says, string remedy)
    {
        using var db = LocalTable.Duck();
        var existing = new Schema([new(1, "a", PrimitiveType.Int, false)]);

        var e = await Assert.ThrowsAsync<ValidationException>(() => SchemaFromQuery.DescribeAsync(db, sql, existing));

        Assert.Contains(says, e.Message);
        Assert.Contains(remedy, e.Message);
    }
}
