using System.Numerics;
using DuckDB.NET.Data;
using Xunit;

namespace Floe.Tests.DuckDb;

public sealed class TypeTests : IDisposable
{
    private readonly Database database = new();

    public static TheoryData<string, string, object> Values => new()
    {
        { "true", "Boolean", true },
        { "-7::tinyint", "TinyInt", (sbyte)-7 },
        { "-7::smallint", "SmallInt", (short)-7 },
        { "7", "Integer", 7 },
        { "9223372036854775807", "BigInt", long.MaxValue },
        { "255::utinyint", "UnsignedTinyInt", (byte)255 },
        { "65535::usmallint", "UnsignedSmallInt", (ushort)65535 },
        { "4294967295::uinteger", "UnsignedInteger", uint.MaxValue },
        { "18446744073709551615::ubigint", "UnsignedBigInt", ulong.MaxValue },
        { "1.5::float", "Float", 1.5f },
        { "1.5::double", "Double", 1.5 },
        { "-170141183460469231731687303715884105727::hugeint", "HugeInt", -BigInteger.Pow(2, 127) + 1 },
        { "340282366920938463463374607431768211455::uhugeint", "UnsignedHugeInt", BigInteger.Pow(2, 128) - 1 },
        { "-12.34::decimal(4,2)", "Decimal", -12.34m },
        { "-1234567.89::decimal(9,2)", "Decimal", -1234567.89m },
        { "-1234567890123456.78::decimal(18,2)", "Decimal", -1234567890123456.78m },
        { "-12345678901234567890.12::decimal(38,2)", "Decimal", -12345678901234567890.12m },
        { "'twelve bytes'", "Varchar", "twelve bytes" },
        { "'thirteen bytes, and ümlaut'", "Varchar", "thirteen bytes, and ümlaut" },
        { "'00112233-4455-6677-8899-aabbccddeeff'::uuid", "Uuid", Guid.Parse("00112233-4455-6677-8899-aabbccddeeff") },
        { "'ff112233-4455-6677-8899-aabbccddeeff'::uuid", "Uuid", Guid.Parse("ff112233-4455-6677-8899-aabbccddeeff") },
        { "date '1960-05-04'", "Date", new DateOnly(1960, 5, 4) },
        { "time '01:02:03.000004'", "Time", new TimeOnly(1, 2, 3, 0, 4) },
        { "timestamp '1960-01-02 03:04:05.000006'", "Timestamp", new DateTime(1960, 1, 2, 3, 4, 5, 0, 6) },
        { "timestamp_s '2024-01-02 03:04:05'", "TimestampS", new DateTime(2024, 1, 2, 3, 4, 5) },
        { "timestamp_ms '2024-01-02 03:04:05.006'", "TimestampMs", new DateTime(2024, 1, 2, 3, 4, 5, 6) },
        { "timestamp_ns '2024-01-02 03:04:05.0000007'", "TimestampNs", new DateTime(2024, 1, 2, 3, 4, 5).AddTicks(7) },
        { "timestamptz '2024-01-02 03:04:05+02'", "TimestampTz", new DateTime(2024, 1, 2, 1, 4, 5) },
        { "'12:00:00+02'::timetz", "TimeTz", new DateTimeOffset(1, 1, 2, 12, 0, 0, TimeSpan.FromHours(2)) },
        { "interval '1 day 2 hours'", "Interval", new TimeSpan(1, 2, 0, 0) },
        { "'b'::enum('a', 'b')", "Enum", "b" },
        { "'10101'::bit", "Bit", "10101" },
        { "[1, 2]", "List", new List<int> { 1, 2 } },
        { "[3, 4]::int[2]", "Array", new List<int> { 3, 4 } },
        { "[['a'], []]", "List", new List<List<string>> { new() { "a" }, new() } },
        { "map {'x': 1.5::decimal(3,1)}", "Map", new Dictionary<string, decimal> { ["x"] = 1.5m } },
        { "{'a': 1, 'b': [2], 'c': null}", "Struct", new Dictionary<string, object?> { ["a"] = 1, ["b"] = new List<int> { 2 }, ["c"] = null } },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void ReadsEveryTypeAsItsClrType(string sql, string typeName, object expected)
    {
        using var reader = database.Row($"select {sql} as v");

        Assert.Equal(typeName, reader.GetDataTypeName(0));
        Assert.Equal(expected, reader.GetValue(0));
        Assert.IsType(reader.GetFieldType(0), reader.GetValue(0));
    }

    [Fact]
    public void ReadsTheSecondRowAndTheSecondChunkOfNestedValues()
    {
        using var command = database.Command("select [i, i + 1], {'i': i}, map {i: 'm'}, repeat('x', i::int % 30) from range(5000) t(i) order by i");
        using var reader = command.ExecuteReader();
        for (var i = 0L; reader.Read(); i++)
        {
            Assert.Equal([i, i + 1], reader.GetFieldValue<List<long>>(0));
            Assert.Equal(i, ((Dictionary<string, object>)reader.GetValue(1))["i"]);
            Assert.Equal("m", reader.GetFieldValue<Dictionary<long, string>>(2)[i]);
            Assert.Equal((int)(i % 30), reader.GetString(3).Length);
        }
    }

    [Fact]
    public void ReadsBlobsAsStreams()
    {
        using var reader = database.Row("select '\\xAA\\x00\\xBB'::blob, 'a blob that is longer than twelve bytes'::blob");
        using var bytes = new MemoryStream();
        reader.GetStream(0).CopyTo(bytes);
        Assert.Equal([0xAA, 0, 0xBB], bytes.ToArray());
        Assert.Equal("a blob that is longer than twelve bytes", new StreamReader(reader.GetStream(1)).ReadToEnd());
        Assert.Throws<InvalidCastException>(() => reader.GetFieldValue<byte[]>(0));
    }

    [Fact]
    public void NullElementsNeedANullableList()
    {
        using var reader = database.Row("select [1, null]");
        Assert.Throws<InvalidCastException>(() => reader.GetValue(0));
        Assert.Equal([1, null], reader.GetFieldValue<List<int?>>(0));
    }

    [Fact]
    public void NullsAreDbNullOrNullableOrAnError()
    {
        using var reader = database.Row("select null::int as a, null::varchar as b");
        Assert.Equal(DBNull.Value, reader.GetValue(0));
        Assert.True(reader.IsDBNull(1));
        Assert.Null(reader.GetFieldValue<int?>(0));
        Assert.Equal("Column 'a' value is null", Assert.Throws<InvalidCastException>(() => reader.GetInt32(0)).Message);
        Assert.Throws<InvalidCastException>(() => reader.GetFieldValue<string>(1));
    }

    [Fact]
    public void NumbersAreReadWiderAndCheckedNarrower()
    {
        using var reader = database.Row("select 7, 7::bigint, 3000000000, 7::hugeint, 1.5::decimal(3,1), date '2024-01-02', 'infinity'::timestamp, interval '1 month'");
        Assert.Equal(7L, reader.GetInt64(0));
        Assert.Equal(7m, reader.GetDecimal(0));
        Assert.Equal(7, reader.GetInt32(1));
        Assert.Throws<InvalidCastException>(() => reader.GetInt32(2));
        Assert.Equal(7L, reader.GetInt64(3));
        Assert.Throws<InvalidCastException>(() => reader.GetDecimal(3));
        Assert.Throws<InvalidCastException>(() => reader.GetDouble(4));
        Assert.Throws<InvalidCastException>(() => reader.GetString(0));
        Assert.Equal(new DateTime(2024, 1, 2), reader.GetDateTime(5));
        Assert.Throws<InvalidOperationException>(() => reader.GetDateTime(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.GetValue(7));
    }

    [Fact]
    public void AUnionIsRefused() =>
        Assert.Contains("Unrecognised type Union (28)", Assert.Throws<ArgumentException>(() => database.Scalar("select union_value(a := 1)")).Message, StringComparison.Ordinal);

    public static TheoryData<object?, string> ParameterValues => new()
    {
        { true, "BOOLEAN" }, { 1, "INTEGER" }, { 1L, "BIGINT" }, { (byte)1, "UTINYINT" }, { 12.50m, "DECIMAL(4,2)" }, { 1f, "FLOAT" }, { 1d, "DOUBLE" },
        { "text", "VARCHAR" }, { new byte[] { 1 }, "BLOB" }, { Guid.NewGuid(), "UUID" }, { DateTime.UnixEpoch, "TIMESTAMP" },
        { DateTimeOffset.UnixEpoch, "TIMESTAMP WITH TIME ZONE" }, { new DateOnly(2024, 1, 2), "DATE" }, { new TimeOnly(1, 2), "TIME" },
        { TimeSpan.FromHours(30), "INTERVAL" }, { new BigInteger(5), "HUGEINT" }, { new List<int> { 1, 2 }, "INTEGER[]" },
        { new[] { 1m, 22.25m }, "DECIMAL(4,2)[]" }, { Array.Empty<long>(), "BIGINT[]" }, { DayOfWeek.Friday, "VARCHAR" },
    };

    [Theory]
    [MemberData(nameof(ParameterValues))]
    public void ParametersGetTheTypeOfTheirValue(object? value, string type) =>
        Assert.Equal(type, database.Scalar("select typeof($a)", new DuckDBParameter("a", value)));

    public void Dispose() => database.Dispose();
}
