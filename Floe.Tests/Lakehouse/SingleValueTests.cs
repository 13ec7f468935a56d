using System.Numerics;
using System.Text;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>Vectors of the specification's appendix D and the rules for bounds.</summary>
public sealed class SingleValueTests
{
    public static TheoryData<string, object, string> Vectors => new()
    {
        { "boolean", true, "01" },
        { "boolean", false, "00" },
        { "int", 1234, "D2040000" },
        { "int", -1, "FFFFFFFF" },
        { "long", 1234L, "D204000000000000" },
        { "float", -4.5f, "000090C0" },
        { "double", 6.0, "0000000000001840" },
        { "date", 1000, "E8030000" },
        { "timestamptz", 400000L, "801A060000000000" },
        { "timestamp", 400000L, "801A060000000000" },
        { "decimal(14, 2)", new BigInteger(0), "00" },
        { "decimal(14, 2)", new BigInteger(127), "7F" },
        { "decimal(14, 2)", new BigInteger(128), "0080" },
        { "decimal(14, 2)", new BigInteger(-128), "80" },
        { "decimal(14, 2)", new BigInteger(-129), "FF7F" },
        { "decimal(14, 2)", new BigInteger(1420), "058C" },
        { "string", "ABC", "414243" },
        { "string", "ä€🚀", "C3A4E282ACF09F9A80" },
        { "uuid", Guid.Parse("f79c3e09-677c-4bbd-a479-3f349cb785e7"), "F79C3E09677C4BBDA4793F349CB785E7" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Values_are_serialised_as_the_specification_says(string typeText, object value, string hex)
    {
        var type = PrimitiveType.Parse(typeText);
        Assert.Equal(hex, Convert.ToHexString(SingleValue.Serialize(type, value)));
        Assert.Equal(value, SingleValue.Deserialize(type, Convert.FromHexString(hex)));
    }

    [Theory]
    [InlineData("short", "short", "short")]
    [InlineData("0123456789abcdef", "0123456789abcdef", "0123456789abcdef")]
    [InlineData("0123456789abcdefg", "0123456789abcdef", "0123456789abcdeg")]
    [InlineData("🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀X", "🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀", "🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚁")]
    [InlineData("aaaaaaaaaaaaaaa\uD7FFb", "aaaaaaaaaaaaaaa\uD7FF", "aaaaaaaaaaaaaaa\uE000")]
    [InlineData("aaaaaaaaaaaaaaa\U0010FFFFb", "aaaaaaaaaaaaaaa\U0010FFFF", "aaaaaaaaaaaaaab")]
    public void Long_strings_are_truncated_to_sixteen_code_points_and_the_upper_bound_stays_above(string value, string lower, string upper)
    {
        Assert.Equal(lower, Encoding.UTF8.GetString(SingleValue.LowerBound(PrimitiveType.String, value)!));
        Assert.Equal(upper, Encoding.UTF8.GetString(SingleValue.UpperBound(PrimitiveType.String, value)!));
        Assert.True(SingleValue.Compare(lower, value) <= 0);
        Assert.True(SingleValue.Compare(upper, value) >= 0);
    }

    [Fact]
    public void A_string_that_cannot_be_incremented_has_no_upper_bound() =>
        Assert.Null(SingleValue.UpperBound(PrimitiveType.String, string.Concat(Enumerable.Repeat("\U0010FFFF", 17))));

    [Fact]
    public void Uuid_columns_have_no_bounds()
    {
        Assert.Null(SingleValue.LowerBound(PrimitiveType.Uuid, Guid.Empty));
        Assert.Null(SingleValue.UpperBound(PrimitiveType.Uuid, Guid.Empty));
    }

    [Fact]
    public void Strings_are_ordered_by_code_points_not_by_utf16()
    {
        // U+FFFD is one unit above the surrogates, U+1F680 is two surrogates and the greater code point.
        Assert.True(SingleValue.Compare("\uFFFD", "🚀") < 0);
        Assert.True(string.CompareOrdinal("\uFFFD", "🚀") > 0);
    }

    public static TheoryData<string, string, object?> Texts => new()
    {
        { "boolean", "1", true },
        { "boolean", "0", false },
        { "int", "-5", -5 },
        { "long", "9223372036854775807", long.MaxValue },
        { "decimal(12, 2)", "-34980.00", new BigInteger(-3498000) },
        { "decimal(12, 2)", "0.05", new BigInteger(5) },
        { "decimal(12, 2)", "-0.05", new BigInteger(-5) },
        { "decimal(38, 4)", "1", new BigInteger(10000) },
        { "double", "inf", null },
        { "double", "-0.5", -0.5 },
        { "date", "1969-12-31", -1 },
        { "timestamptz", "1970-01-01 00:00:00.000001+00", 1L },
        { "timestamptz", "1969-12-31 23:59:59+00", -1000000L },
        { "timestamp", "2024-01-01 00:00:00", 1704067200000000L },
        { "timestamptz", "infinity", null },
        { "string", "", "" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void DuckDBs_statistics_are_read_by_type(string type, string text, object? value) =>
        Assert.Equal(value, SingleValue.FromDuckDbText(PrimitiveType.Parse(type), text));
}
