using System.Numerics;
using Floe.Lakehouse.Avro;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Manifests;

/// <summary>Partition values in Avro (specification, appendix A).</summary>
internal static class PartitionValue
{
    public static void Encode(AvroEncoder avro, PrimitiveType type, object value)
    {
        switch (type.Kind, value)
        {
            case (PrimitiveKind.Boolean, bool b): avro.Boolean(b); break;
            case (PrimitiveKind.Int or PrimitiveKind.Date, int i): avro.Int(i); break;
            case (PrimitiveKind.Long or PrimitiveKind.Time or PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz, long l): avro.Long(l); break;
            case (PrimitiveKind.Float, float f): avro.Float(f); break;
            case (PrimitiveKind.Double, double d): avro.Double(d); break;
            case (PrimitiveKind.String, string s): avro.String(s); break;
            case (PrimitiveKind.Uuid, Guid g): avro.Raw(g.ToByteArray(bigEndian: true)); break;
            case (PrimitiveKind.Fixed, byte[] bytes) when bytes.Length == type.Length: avro.Raw(bytes); break;
            case (PrimitiveKind.Binary, byte[] bytes): avro.Bytes(bytes); break;
            case (PrimitiveKind.Decimal, BigInteger unscaled):
                var size = ManifestSchemas.DecimalBytes(type.Precision);
                var minimal = unscaled.ToByteArray(isBigEndian: true);
                if (minimal.Length > size)
                    throw new ValidationException($"The partition value {unscaled} (unscaled) does not fit {type}.");
                Span<byte> padded = stackalloc byte[size];
                padded.Fill(unscaled.Sign < 0 ? (byte)0xFF : (byte)0);
                minimal.CopyTo(padded[(size - minimal.Length)..]);
                avro.Raw(padded);
                break;
            default:
                throw new ValidationException($"A {value.GetType().Name} is not a partition value of the type {type}.");
        }
    }

    /// <summary>The value of a decoded Avro value; an int where the type is long (promoted column) is widened.</summary>
    public static object? Decode(PrimitiveType type, object? avro) => (type.Kind, avro) switch
    {
        (_, null) => null,
        (PrimitiveKind.Long or PrimitiveKind.Time or PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz, int i) => (long)i,
        (PrimitiveKind.Double, float f) => (double)f,
        (PrimitiveKind.Decimal, byte[] bytes) => new BigInteger(bytes, isBigEndian: true),
        (PrimitiveKind.Uuid, byte[] { Length: 16 } bytes) => new Guid(bytes, bigEndian: true),
        (PrimitiveKind.Uuid, string text) when Guid.TryParse(text, out var guid) => guid,
        (PrimitiveKind.Boolean, bool) or (PrimitiveKind.Int or PrimitiveKind.Date, int) or (PrimitiveKind.Float, float) or (PrimitiveKind.Double, double) => avro,
        (PrimitiveKind.Long or PrimitiveKind.Time or PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz, long) => avro,
        (PrimitiveKind.String, string) or (PrimitiveKind.Binary, byte[]) => avro,
        (PrimitiveKind.Fixed, byte[] bytes) when bytes.Length == type.Length => avro,

        // The result of a transform that a later specification defines: kept as it is, never looked at.
        (PrimitiveKind.String, int or long or bool or float or double or byte[]) => avro,
        _ => throw new InvalidCastException($"A {avro.GetType().Name} is not a partition value of the type {type}."),
    };
}
