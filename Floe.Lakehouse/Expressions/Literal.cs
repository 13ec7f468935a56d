using System.Globalization;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Expressions;

/// <summary>A value in a filter, not yet of a column's type. Made from the values of C# by conversion.</summary>
public sealed class Literal
{
    private Literal(object value, PrimitiveType? type) => (Value, Type) = (value, type);

    /// <summary>The value as it was given.</summary>
    public object Value { get; }

    /// <summary>The type, when the value is given as <see cref="PrimitiveType"/> holds it; else null.</summary>
    public PrimitiveType? Type { get; }

    /// <summary>A value as <see cref="PrimitiveType"/> holds it, for example a decoded bound or partition value.</summary>
    public static Literal Of(PrimitiveType type, object value) => new(value, type);

    public static implicit operator Literal(bool value) => new(value, null);

    public static implicit operator Literal(int value) => new((long)value, null);

    public static implicit operator Literal(long value) => new(value, null);

    public static implicit operator Literal(float value) => new(value, null);

    public static implicit operator Literal(double value) => new(value, null);

    public static implicit operator Literal(decimal value) => new(value, null);

    /// <summary>A string; also a uuid, date, timestamp or timestamptz in ISO 8601's form.</summary>
    public static implicit operator Literal(string value) => new(value, null);

    public static implicit operator Literal(Guid value) => new(value, null);

    public static implicit operator Literal(DateOnly value) => new(value, null);

    public static implicit operator Literal(TimeOnly value) => new(value, null);

    /// <summary>A timestamp; with the kind UTC also a timestamptz.</summary>
    public static implicit operator Literal(DateTime value) => new(value, null);

    /// <summary>A timestamptz.</summary>
    public static implicit operator Literal(DateTimeOffset value) => new(value, null);

    /// <summary>Binary or fixed.</summary>
    public static implicit operator Literal(byte[] value) => new(value, null);

    /// <inheritdoc/>
    public override string ToString() => Value switch
    {
        byte[] bytes => $"0x{Convert.ToHexString(bytes)}",
        string text => $"'{text}'",
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(Value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The value and what it is, for an error's sentence.</summary>
    internal string Describe() => $"{this} (a {Type?.ToString() ?? Value.GetType().Name})";
}
