using System.Text.RegularExpressions;
using Floe.Emulators.Polaris.Errors;

namespace Floe.Emulators.Polaris.Tables.Metadata;

/// <summary>Which transform fits which type (Iceberg specification, "Partition Transforms").</summary>
internal static partial class TransformRules
{
    /// <exception cref="PolarisException">400: unknown transform, or it does not fit the column.</exception>
    public static void Check(string transform, SchemaField column)
    {
        var type = column.Type;
        var day = type is "date" or "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns";
        var fits = transform switch
        {
            "identity" => type is not ("struct" or "list" or "map" or "variant") && !type.StartsWith("geo", StringComparison.Ordinal),
            "void" => true,
            "year" or "month" or "day" => day,
            "hour" => day && type != "date",
            _ when Bucket().IsMatch(transform) => type is "int" or "long" or "date" or "time" or "string" or "uuid" or "binary" || (day && type != "date") || Sized(type),
            _ when Truncate().IsMatch(transform) => type is "int" or "long" or "string" or "binary" || type.StartsWith("decimal", StringComparison.Ordinal),
            _ => throw PolarisException.IllegalArgument($"Unknown transform '{transform}'; known are identity, bucket[N], truncate[W], year, month, day, hour, void"),
        };
        if (!fits)
            throw PolarisException.Validation($"Invalid source type {type} of column {column.Name} for transform {transform}");
    }

    private static bool Sized(string type) => type.StartsWith("decimal", StringComparison.Ordinal) || type.StartsWith("fixed", StringComparison.Ordinal);

    [GeneratedRegex(@"^bucket\[[1-9]\d{0,8}\]$")]
    private static partial Regex Bucket();

    [GeneratedRegex(@"^truncate\[[1-9]\d{0,8}\]$")]
    private static partial Regex Truncate();
}
