using Floe.Lakehouse;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Schemas;
using Xunit;
using static Floe.Lakehouse.Expressions.Expression;

namespace Floe.Tests.Lakehouse.Expressions;

public sealed class ExpressionTests : IDisposable
{
    private static readonly Schema s_schema = new(
    [
        new(1, "id", PrimitiveType.Int, true), new(2, "big", PrimitiveType.Long, false), new(3, "price", PrimitiveType.Decimal(6, 2), false),
        new(4, "ratio", PrimitiveType.Double, false), new(5, "na\"me", PrimitiveType.String, false), new(6, "day", PrimitiveType.Date, false),
        new(7, "at", PrimitiveType.TimestampTz, false), new(8, "plain", PrimitiveType.Timestamp, false), new(9, "key", PrimitiveType.Uuid, false),
        new(10, "raw", PrimitiveType.Binary, false), new(11, "time", PrimitiveType.Time, false), new(12, "flag", PrimitiveType.Boolean, false),
        new(13, "where", new StructType([new(14, "city", PrimitiveType.String, false), new(15, "a.b", PrimitiveType.Int, false)]), false),
        new(16, "tags", new ListType(17, PrimitiveType.String, false), false), new(18, "single", PrimitiveType.Float, false), new(19, "x.y", PrimitiveType.Int, false),
    ]);

    private readonly DuckDB.NET.Data.DuckDBConnection db = LocalTable.Duck();

    public ExpressionTests()
    {
        LocalTable.Execute(db, """
            CREATE TABLE t AS FROM (VALUES
              (1, -5::BIGINT, 1.50::DECIMAL(6,2), 0.5::DOUBLE, 'o''k', DATE '1969-12-31', TIMESTAMPTZ '2024-01-01 00:00:00+00', TIMESTAMP '2024-01-01 00:00:00', '00000000-0000-0000-0000-000000000001'::UUID, '\xAA'::BLOB, TIME '01:00:00', true, {city: 'ulm', 'a.b': 1}, ['x'], 'nan'::FLOAT, 1),
              (2, 5, -1.50, 'nan', 'ok', DATE '2024-02-29', TIMESTAMPTZ '2024-01-01 00:00:00.000001+00', TIMESTAMP '2024-01-01 00:00:00.000001', '00000000-0000-0000-0000-000000000002', '\xAA\xBB', TIME '02:00:00', false, {city: 'bonn', 'a.b': 2}, [], -0.0, 2),
              (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
            ) t(id, big, price, ratio, "na""me", day, "at", plain, key, raw, time, flag, "where", tags, single, "x.y")
            """);
    }

    public static TheoryData<Expression, string> Filters => new()
    {
        { AlwaysTrue, "1,2,3" },
        { AlwaysFalse, "" },
        { Equal("big", 5), "2" },
        { NotEqual("big", 5), "1" },
        { Not(Equal("big", 5)), "1" },
        { Or(NotEqual("big", 5), IsNull("big")), "1,3" },
        { LessThan("big", 5), "1" },
        { Not(LessThan("big", 5)), "2" },
        { LessThanOrEqual("id", 2), "1,2" },
        { GreaterThan("price", -1.5m), "1" },
        { GreaterThanOrEqual("price", -1.500m), "1,2" },
        { Equal("price", 2), "" },
        { In("id", 3, 1, 1), "1,3" },
        { NotIn("big", 5), "1" },
        { NotIn("id"), "1,2,3" },
        { In("id"), "" },
        { IsNull("where"), "3" },
        { Not(IsNull("tags")), "1,2" },
        { IsNaN("ratio"), "2" },
        { NotNaN("ratio"), "1" },
        { GreaterThan("ratio", 0.25), "1" },
        { GreaterThanOrEqual("ratio", 0), "1" },
        { LessThan("ratio", double.PositiveInfinity), "1" },
        { NotEqual("ratio", 0.25), "1,2" },
        { NotIn("ratio", 0.25, 0.5), "2" },
        { Equal("single", 0), "2" },
        { Equal("single", -0.0f), "2" },
        { Equal("na\"me", "o'k"), "1" },
        { StartsWith("na\"me", "o"), "1,2" },
        { NotStartsWith("na\"me", "o'"), "2" },
        { Not(StartsWith("na\"me", "")), "" },
        { Equal("na\"me", "a\0b'"), "" },
        { Equal("day", new DateOnly(1969, 12, 31)), "1" },
        { GreaterThan("day", "1970-01-01"), "2" },
        { Equal("at", new DateTimeOffset(2024, 1, 1, 2, 0, 0, TimeSpan.FromHours(2))), "1" },
        { GreaterThan("at", "2024-01-01T00:00:00Z"), "2" },
        { Equal("at", "2024-01-01 01:00:00.000001+01:00"), "2" },
        { Equal("plain", new DateTime(2024, 1, 1)), "1" },
        { Equal("plain", "2024-01-01T00:00:00.000001"), "2" },
        { Equal("key", Guid.Parse("00000000-0000-0000-0000-000000000002")), "2" },
        { Equal("key", "00000000-0000-0000-0000-000000000001"), "1" },
        { GreaterThan("raw", new byte[] { 0xAA }), "2" },
        { Equal("time", new TimeOnly(2, 0)), "2" },
        { Equal("flag", false), "2" },
        { Equal("where.city", "ulm"), "1" },
        { Equal("x.y", 2), "2" },
        { Not(And(Equal("id", 1), Equal("flag", true))), "2,3" },
        { Not(Or(Equal("id", 1), IsNull("flag"))), "2" },
        { And(), "1,2,3" },
        { Or(), "" },
        { Equal("big", Literal.Of(PrimitiveType.Long, 5L)), "2" },
    };

    [Theory]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public void Filters_keep_the_rows_they_say(Expression filter, string rows)
    {
        var kept = LocalTable.Scalar<string>(db, $"SELECT coalesce(string_agg(id, ',' ORDER BY id), '') FROM t WHERE {filter.ToSql(s_schema)}");
        Assert.Equal(rows, kept);
        Assert.Equal(filter.Bind(s_schema).ToString(), filter.Bind(s_schema).Bind(s_schema).ToString());
    }

    public static TheoryData<Expression, string> Refused => new()
    {
        { Equal("none", 5), "the column 'none', which the schema does not have; it has id, big" },
        { Equal("where.none", 5), "'where.none'" },
        { Equal("id.x", 5), "'id.x'" },
        { Equal("id", 5_000_000_000), "the column 'id', which is a int, with 5000000000 (a Int64): give a whole number of 32 bits" },
        { Equal("id", "5"), "'5' (a String)" },
        { Equal("price", 1.005m), "2 after it" },
        { Equal("price", 10000m), "4 digits before the point" },
        { Equal("price", 1.5), "decimal(6, 2)" },
        { Equal("ratio", double.NaN), "IsNaN" },
        { Equal("single", 0.1), "give a float" },
        { Equal("day", "2024-02-30"), "2024-12-31" },
        { Equal("at", "2024-01-01T00:00:00"), "Z" },
        { Equal("at", new DateTime(2024, 1, 1)), "timestamptz" },
        { Equal("plain", new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)), "timestamp" },
        { Equal("at", DateTimeOffset.UnixEpoch.AddTicks(1)), "microseconds" },
        { Equal("na\"me", "\uD800"), "whole Unicode characters" },
        { Equal("key", "5"), "Guid" },
        { Equal("tags", "x"), "IsNull and NotNull only" },
        { IsNaN("id"), "only float and double have NaN" },
        { StartsWith("id", "1"), "only strings" },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void What_does_not_fit_the_schema_is_refused_with_names(Expression filter, string says) =>
        Assert.Contains(says, Assert.Throws<ValidationException>(() => Not(filter).Bind(s_schema)).Message);

    [Fact]
    public void Negations_go_down_to_the_predicates() =>
        Assert.Equal("((id NotEqual 1 or big GreaterThanOrEqual 2) and day NotNull)", Not(Or(And(Equal("id", 1), Not(GreaterThanOrEqual("big", 2))), IsNull("day"))).PushNegations().ToString());

    [Fact]
    public void Thousands_of_alternatives_are_no_deep_tree()
    {
        var any = Or([.. Enumerable.Range(0, 50_000).Select(i => Equal("id", i * 10_000 + 2))]);

        Assert.StartsWith("((((((", Not(any).ToSql(s_schema));
        Assert.True(new Floe.Lakehouse.Expressions.PartitionEvaluator(any.Bind(s_schema), new PartitionSpec(1, [new(1, 1000, "id", Transform.Identity)]))
            .MightMatch(new Floe.Lakehouse.Manifests.DataFile { FilePath = "f", RecordCount = 1, FileSizeInBytes = 1, Partition = [499_990_002] }));
    }

    [Fact]
    public void SQL_constants_have_the_value_and_type_of_every_primitive_type()
    {
        var random = new Random(2);
        foreach (var type in SampleValues.Types)
        {
            for (var i = 0; i < 20; i++)
            {
                var value = SampleValues.Next(random, type);
                var sql = Floe.Lakehouse.Data.SqlLiteral.Of(type, value);
                Assert.Equal(Floe.Lakehouse.Data.DuckDbTypes.ToSql(type), LocalTable.Scalar<string>(db, $"SELECT typeof({sql})"));
                if (value is string text)
                    Assert.Equal(text, LocalTable.Scalar<string>(db, $"SELECT {sql}"));
            }
        }
    }

    public void Dispose() => db.Dispose();
}
