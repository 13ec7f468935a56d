using System.Globalization;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Data;

/// <summary>Transforms as expressions of DuckDB's SQL, equal to <see cref="Transform.Apply"/>.</summary>
internal static class TransformSql
{
    private const string Low32 = "4294967295";

    /// <summary>The transform of an expression; its type is the DuckDB type of <see cref="Transform.ResultType"/>.</summary>
    /// <param name="transform">Transform.</param>
    /// <param name="source">Type of the column.</param>
    /// <param name="column">The column's SQL, of the source's DuckDB type; it is used several times.</param>
    /// <exception cref="ValidationException">The transform does not exist for the type.</exception>
    public static string Of(Transform transform, PrimitiveType source, string column)
    {
        if (!transform.CanApply(source))
            throw new ValidationException($"The transform {transform} does not exist for {source}.");
        var width = transform.Width.ToString(CultureInfo.InvariantCulture);
        return transform.Kind switch
        {
            TransformKind.Identity => column,
            TransformKind.Void => $"NULL::{DuckDbTypes.ToSql(source)}",
            TransformKind.Truncate => Truncate(source, column, width),
            TransformKind.Bucket => $"CASE WHEN {column} IS NULL THEN NULL ELSE (({Murmur(source, column)} & 2147483647) % {width})::INTEGER END",
            TransformKind.Year => $"({Year(source, column)} - 1970)::INTEGER",
            TransformKind.Month => $"(({Year(source, column)} - 1970) * 12 + month({Local(source, column)}) - 1)::INTEGER",
            TransformKind.Day => source.Kind == PrimitiveKind.Date ? column : $"(DATE '1970-01-01' + ({Floor($"epoch_us({column})", TransformValues.MicrosPerDay)})::INTEGER)",
            TransformKind.Hour => $"({Floor($"epoch_us({column})", TransformValues.MicrosPerHour)})::INTEGER",
            _ => throw new InvalidOperationException($"Unknown transform {transform}."),
        };
    }

    // DuckDB has the year before 1 as 0, as the specification's calendar has it. The time zone of the connection must not matter.
    private static string Year(PrimitiveType source, string column) => $"year({Local(source, column)})";

    private static string Local(PrimitiveType source, string column) => source.Kind == PrimitiveKind.TimestampTz ? $"make_timestamp(epoch_us({column}))" : column;

    // The operator // goes towards zero, the transforms go down.
    private static string Floor(string value, long by) =>
        string.Create(CultureInfo.InvariantCulture, $"{value} // {by} - (CASE WHEN {value} % {by} < 0 THEN 1 ELSE 0 END)");

    private static string Truncate(PrimitiveType source, string column, string width)
    {
        switch (source.Kind)
        {
            case PrimitiveKind.String:
                return $"left({column}, {width})";
            case PrimitiveKind.Binary:
                return $"unhex(left(hex({column}), 2 * {width}))";
            case PrimitiveKind.Decimal:
                // In whole numbers of the last digit: the width is of the unscaled value.
                return $"({Down(Unscaled(column))} * {SqlLiteral.Of(PrimitiveType.Decimal(Math.Max(source.Scale, 1), source.Scale), System.Numerics.BigInteger.One)})::{DuckDbTypes.ToSql(source)}";
            default:
                return $"{Down($"{column}::HUGEINT")}::{DuckDbTypes.ToSql(source)}";
        }

        string Down(string value) => $"({value} - (({value} % {width}) + {width}) % {width})";
    }

    private static string Unscaled(string column) => $"replace({column}::VARCHAR, '.', '')::HUGEINT";

    private static string Murmur(PrimitiveType source, string column) => source.Kind switch
    {
        PrimitiveKind.Int or PrimitiveKind.Long => MurmurOfLong($"{column}::BIGINT"),
        PrimitiveKind.Date => MurmurOfLong($"({column} - DATE '1970-01-01')::BIGINT"),
        PrimitiveKind.Time or PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz => MurmurOfLong($"epoch_us({column})"),
        PrimitiveKind.String => MurmurOfHex($"hex(encode({column}))"),
        PrimitiveKind.Uuid => MurmurOfHex($"replace({column}::VARCHAR, '-', '')"),
        PrimitiveKind.Decimal => MurmurOfHex(Let(Unscaled(column), "u", MinimalHex)),
        _ => MurmurOfHex($"hex({column})"),
    };

    private static string MurmurOfLong(string value) =>
        Finish($"{Blocks($"[({value} & {Low32})::UBIGINT, (({value} >> 32) & {Low32})::UBIGINT]")}", "8");

    // x: pairs of hex digits; a block is four of them, the first the lowest; what is left over is mixed in at the end.
    private static string MurmurOfHex(string hex)
    {
        const string Block = "('0x' || substr(x, i * 8 + 7, 2) || substr(x, i * 8 + 5, 2) || substr(x, i * 8 + 3, 2) || substr(x, i * 8 + 1, 2))::UBIGINT";
        const string Tail = "('0x0' || substr(x, length(x) // 8 * 8 + 5, 2) || substr(x, length(x) // 8 * 8 + 3, 2) || substr(x, length(x) // 8 * 8 + 1, 2))::UBIGINT";
        return Let(hex, "x", Finish($"xor({Blocks($"list_transform(range(length(x) // 8), lambda i: {Block})")}, {Mix(Tail)})", "(length(x) // 2)"));
    }

    // Sixteen bytes of two's complement, of which as many are taken as the number needs.
    private static string MinimalHex =>
        "right(lpad(hex(((u >> 64) & 18446744073709551615)::UBIGINT), 16, '0') || lpad(hex((u & 18446744073709551615)::UBIGINT), 16, '0'), " +
        "2 * list_filter(range(1, 17), lambda n: CASE WHEN n = 16 THEN true ELSE u BETWEEN -(1::HUGEINT << (8 * n - 1)::INTEGER) AND (1::HUGEINT << (8 * n - 1)::INTEGER) - 1 END)[1])";

    private static string Blocks(string blocks) =>
        $"list_reduce({blocks}, lambda h, k: ({Rotate($"xor(h, {Mix("k")})", 13)} * 5 + 3864292196) & {Low32}, 0::UBIGINT)";

    private static string Mix(string block) => $"(({Rotate($"(({block} * 3432918353) & {Low32})", 15)} * 461845907) & {Low32})";

    private static string Rotate(string value, int by) => string.Create(CultureInfo.InvariantCulture, $"((({value} << {by}) & {Low32}) | ({value} >> {32 - by}))");

    private static string Finish(string hash, string length) =>
        Let($"xor({hash}, {length}::UBIGINT)", "f", Let($"(xor(f, f >> 16) * 2246822507) & {Low32}", "g", Let($"(xor(g, g >> 13) * 3266489909) & {Low32}", "j", "xor(j, j >> 16)")));

    // A name for a value that is used more than once: text put in twice at each of these steps would grow beyond measure.
    private static string Let(string value, string name, string body) => $"list_transform([{value}], lambda {name}: {body})[1]";
}
