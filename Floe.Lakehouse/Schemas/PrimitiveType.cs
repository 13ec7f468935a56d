using System.Globalization;
using System.Text.RegularExpressions;

namespace Floe.Lakehouse.Schemas;

/// <summary>The primitive types of Iceberg format versions 1 and 2 (specification, "Primitive Types").</summary>
public enum PrimitiveKind
{
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Decimal,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    String,
    Uuid,
    Fixed,
    Binary,
}

/// <summary>A primitive type. Values of it are held as: <see cref="bool"/>; <see cref="int"/> (int, and date as days since 1970-01-01);
/// <see cref="long"/> (long, and time, timestamp, timestamptz in microseconds); <see cref="float"/>; <see cref="double"/>;
/// <see cref="System.Numerics.BigInteger"/> (decimal, unscaled); <see cref="string"/>; <see cref="Guid"/>; <c>byte[]</c> (fixed, binary).</summary>
public sealed partial record PrimitiveType : IcebergType
{
    private PrimitiveType(PrimitiveKind kind, int precision = 0, int scale = 0, int length = 0) =>
        (Kind, Precision, Scale, Length) = (kind, precision, scale, length);

    public static PrimitiveType Boolean { get; } = new(PrimitiveKind.Boolean);

    public static PrimitiveType Int { get; } = new(PrimitiveKind.Int);

    public static PrimitiveType Long { get; } = new(PrimitiveKind.Long);

    public static PrimitiveType Float { get; } = new(PrimitiveKind.Float);

    public static PrimitiveType Double { get; } = new(PrimitiveKind.Double);

    public static PrimitiveType Date { get; } = new(PrimitiveKind.Date);

    public static PrimitiveType Time { get; } = new(PrimitiveKind.Time);

    /// <summary>Microseconds without a time zone.</summary>
    public static PrimitiveType Timestamp { get; } = new(PrimitiveKind.Timestamp);

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    public static PrimitiveType TimestampTz { get; } = new(PrimitiveKind.TimestampTz);

    public static PrimitiveType String { get; } = new(PrimitiveKind.String);

    public static PrimitiveType Uuid { get; } = new(PrimitiveKind.Uuid);

    public static PrimitiveType Binary { get; } = new(PrimitiveKind.Binary);

    /// <summary>Which type.</summary>
    public PrimitiveKind Kind { get; }

    /// <summary>Digits of a decimal, 1 to 38; else 0.</summary>
    public int Precision { get; }

    /// <summary>Digits after the point of a decimal; else 0.</summary>
    public int Scale { get; }

    /// <summary>Bytes of a fixed; else 0.</summary>
    public int Length { get; }

    /// <summary>decimal(precision, scale).</summary>
    /// <exception cref="ValidationException">Precision not in 1 to 38 or scale not in 0 to precision.</exception>
    public static PrimitiveType Decimal(int precision, int scale) =>
        precision is < 1 or > 38 || scale < 0 || scale > precision
            ? throw new ValidationException($"decimal({precision}, {scale}) is not a type: the precision must be 1 to 38 and the scale 0 to the precision.")
            : new(PrimitiveKind.Decimal, precision, scale);

    /// <summary>fixed[length].</summary>
    public static PrimitiveType Fixed(int length) =>
        length < 0 ? throw new ValidationException($"fixed[{length}] is not a type: the length must not be negative.") : new(PrimitiveKind.Fixed, length: length);

    /// <summary>Reads the text form of the specification's appendix C, for example <c>decimal(12, 2)</c> or <c>timestamptz</c>.</summary>
    /// <exception cref="ValidationException">Not a primitive type of format version 1 or 2.</exception>
    public static PrimitiveType Parse(string text)
    {
        switch (text)
        {
            case "boolean": return Boolean;
            case "int": return Int;
            case "long": return Long;
            case "float": return Float;
            case "double": return Double;
            case "date": return Date;
            case "time": return Time;
            case "timestamp": return Timestamp;
            case "timestamptz": return TimestampTz;
            case "string": return String;
            case "uuid": return Uuid;
            case "binary": return Binary;
        }

        if (DecimalForm().Match(text) is { Success: true } d)
            return Decimal(Number(d.Groups[1]), Number(d.Groups[2]));
        if (FixedForm().Match(text) is { Success: true } f)
            return Fixed(Number(f.Groups[1]));
        throw new ValidationException($"'{text}' is not a primitive type of Iceberg format version 1 or 2; known are boolean, int, long, float, double, decimal(p, s), date, time, timestamp, timestamptz, string, uuid, fixed[n] and binary.");

        static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a column of this type may become one of the other (specification, "Schema Evolution"): int to long, float to double, a decimal
    /// to more digits of the same scale.</summary>
    public bool CanPromoteTo(PrimitiveType wider) => (Kind, wider.Kind) switch
    {
        (PrimitiveKind.Int, PrimitiveKind.Long) or (PrimitiveKind.Float, PrimitiveKind.Double) => true,
        (PrimitiveKind.Decimal, PrimitiveKind.Decimal) => Scale == wider.Scale && wider.Precision > Precision,
        _ => false,
    };

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        PrimitiveKind.Boolean => "boolean",
        PrimitiveKind.Int => "int",
        PrimitiveKind.Long => "long",
        PrimitiveKind.Float => "float",
        PrimitiveKind.Double => "double",
        PrimitiveKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({Precision}, {Scale})"),
        PrimitiveKind.Date => "date",
        PrimitiveKind.Time => "time",
        PrimitiveKind.Timestamp => "timestamp",
        PrimitiveKind.TimestampTz => "timestamptz",
        PrimitiveKind.String => "string",
        PrimitiveKind.Uuid => "uuid",
        PrimitiveKind.Fixed => string.Create(CultureInfo.InvariantCulture, $"fixed[{Length}]"),
        PrimitiveKind.Binary => "binary",
        _ => throw new InvalidOperationException($"Unknown kind {Kind}."),
    };

    [GeneratedRegex(@"^decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)$")]
    private static partial Regex DecimalForm();

    [GeneratedRegex(@"^fixed\[(\d{1,9})\]$")]
    private static partial Regex FixedForm();
}
