using System.Globalization;

namespace Floe.Lakehouse.Schemas;

/// <summary>The partition transforms (specification, "Partition Transforms").</summary>
public enum TransformKind
{
    Identity,
    Bucket,
    Truncate,
    Year,
    Month,
    Day,
    Hour,
    Void,

    /// <summary>A transform of a later specification: the table can be read (such fields are not used for pruning), not written.</summary>
    Unknown,
}

/// <summary>A partition or sort transform with its parameter.</summary>
/// <param name="Kind">Which transform.</param>
/// <param name="Width">Buckets of <c>bucket[n]</c>, width of <c>truncate[w]</c>, else 0.</param>
/// <param name="Text">The text form as in the metadata, for example <c>bucket[16]</c>.</param>
public sealed partial record Transform(TransformKind Kind, int Width, string Text)
{
    public static Transform Identity { get; } = new(TransformKind.Identity, 0, "identity");

    public static Transform Year { get; } = new(TransformKind.Year, 0, "year");

    public static Transform Month { get; } = new(TransformKind.Month, 0, "month");

    public static Transform Day { get; } = new(TransformKind.Day, 0, "day");

    public static Transform Hour { get; } = new(TransformKind.Hour, 0, "hour");

    public static Transform Void { get; } = new(TransformKind.Void, 0, "void");

    /// <summary>bucket[n]: the 32-bit murmur3 hash modulo n.</summary>
    public static Transform Bucket(int n) => new(TransformKind.Bucket, Positive(n, "bucket"), string.Create(CultureInfo.InvariantCulture, $"bucket[{n}]"));

    /// <summary>truncate[w]: numbers to a multiple of w, strings to w code points, binary to w bytes.</summary>
    public static Transform Truncate(int w) => new(TransformKind.Truncate, Positive(w, "truncate"), string.Create(CultureInfo.InvariantCulture, $"truncate[{w}]"));

    /// <summary>Reads the text form; an unknown transform is kept as <see cref="TransformKind.Unknown"/>, as the specification wants for readers.</summary>
    public static Transform Parse(string text) => text switch
    {
        "identity" => Identity,
        "year" => Year,
        "month" => Month,
        "day" => Day,
        "hour" => Hour,
        "void" => Void,
        _ when Parameter(text, "bucket[") is { } n => Bucket(n),
        _ when Parameter(text, "truncate[") is { } w => Truncate(w),
        _ => new(TransformKind.Unknown, 0, text),
    };

    /// <summary>The type of the transform's results for a source type.</summary>
    public PrimitiveType ResultType(PrimitiveType source) => Kind switch
    {
        TransformKind.Identity or TransformKind.Truncate or TransformKind.Void => source,
        TransformKind.Day => PrimitiveType.Date,
        TransformKind.Unknown => PrimitiveType.String,
        _ => PrimitiveType.Int,
    };

    /// <summary>Whether the specification has the transform for values of the type.</summary>
    public bool CanApply(PrimitiveType source) => TransformValues.CanApply(this, source);

    /// <summary>The transform of a value.</summary>
    /// <param name="source">Type of the value.</param>
    /// <param name="value">Value as <see cref="PrimitiveType"/> holds it; null stays null.</param>
    /// <returns>A value of <see cref="ResultType"/>: years, months, days and hours are counted from 1970, downwards before it.</returns>
    /// <exception cref="ValidationException">The specification does not have the transform for the type, or truncation would go below the least int or long.</exception>
    public object? Apply(PrimitiveType source, object? value) => TransformValues.Apply(this, source, value);

    /// <summary>The transform as an expression of DuckDB's SQL, equal to <see cref="Apply"/>; null stays null.</summary>
    /// <param name="source">Type of the column.</param>
    /// <param name="column">SQL of the column, for example a quoted name; of the DuckDB type of <paramref name="source"/>.</param>
    /// <exception cref="ValidationException">The specification does not have the transform for the type.</exception>
    public string ToSql(PrimitiveType source, string column) => Data.TransformSql.Of(this, source, column);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static int Positive(int n, string name) =>
        n > 0 ? n : throw new ValidationException($"{name}[{n}] is not a transform: the parameter must be above 0.");

    private static int? Parameter(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && text.EndsWith(']')
        && int.TryParse(text.AsSpan(prefix.Length, text.Length - prefix.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            ? n
            : null;
}
