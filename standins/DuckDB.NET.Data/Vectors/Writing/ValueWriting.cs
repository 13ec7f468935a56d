using System.Collections;
using System.Numerics;
using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Writing;

/// <summary>Turns a type parameter into the write of that type. The comparisons are constants to the JIT, so nothing is boxed.</summary>
internal static class ValueWriting
{
    public static void Write<T>(VectorWriter writer, T value, ulong row)
    {
        if (typeof(T) == typeof(long)) writer.Write((long)(object)value!, row);
        else if (typeof(T) == typeof(int)) writer.Write((long)(int)(object)value!, row);
        else if (typeof(T) == typeof(short)) writer.Write((long)(short)(object)value!, row);
        else if (typeof(T) == typeof(sbyte)) writer.Write((long)(sbyte)(object)value!, row);
        else if (typeof(T) == typeof(byte)) writer.Write((long)(byte)(object)value!, row);
        else if (typeof(T) == typeof(ushort)) writer.Write((long)(ushort)(object)value!, row);
        else if (typeof(T) == typeof(uint)) writer.Write((long)(uint)(object)value!, row);
        else if (typeof(T) == typeof(ulong)) writer.Write((ulong)(object)value!, row);
        else if (typeof(T) == typeof(BigInteger)) writer.Write((BigInteger)(object)value!, row);
        else if (typeof(T) == typeof(bool)) writer.Write((bool)(object)value!, row);
        else if (typeof(T) == typeof(float)) writer.Write((float)(object)value!, row);
        else if (typeof(T) == typeof(double)) writer.Write((double)(object)value!, row);
        else if (typeof(T) == typeof(decimal)) writer.Write((decimal)(object)value!, row);
        else if (typeof(T) == typeof(Guid)) writer.Write((Guid)(object)value!, row);
        else if (typeof(T) == typeof(DateTime)) writer.Write((DateTime)(object)value!, row);
        else if (typeof(T) == typeof(DateTimeOffset)) writer.Write((DateTimeOffset)(object)value!, row);
        else if (typeof(T) == typeof(DateOnly)) writer.Write((DateOnly)(object)value!, row);
        else if (typeof(T) == typeof(DuckDBDateOnly)) writer.Write((DateOnly)(DuckDBDateOnly)(object)value!, row);
        else if (typeof(T) == typeof(TimeOnly)) writer.Write((TimeOnly)(object)value!, row);
        else if (typeof(T) == typeof(DuckDBTimeOnly)) writer.Write((TimeOnly)(DuckDBTimeOnly)(object)value!, row);
        else if (typeof(T) == typeof(TimeSpan)) writer.Write((TimeSpan)(object)value!, row);
        else WriteObject(writer, value, row);
    }

    /// <summary>References, nullables and enums, by what the value is.</summary>
    public static void WriteObject(VectorWriter writer, object? value, ulong row)
    {
        switch (value)
        {
            case null or DBNull: writer.WriteNull(row); break;
            case string v: writer.Write(v, row); break;
            case byte[] v: writer.Write(v.AsSpan(), row); break;
            case int v: Write(writer, v, row); break;
            case long v: Write(writer, v, row); break;
            case short v: Write(writer, v, row); break;
            case sbyte v: Write(writer, v, row); break;
            case byte v: Write(writer, v, row); break;
            case ushort v: Write(writer, v, row); break;
            case uint v: Write(writer, v, row); break;
            case ulong v: Write(writer, v, row); break;
            case BigInteger v: Write(writer, v, row); break;
            case bool v: Write(writer, v, row); break;
            case float v: Write(writer, v, row); break;
            case double v: Write(writer, v, row); break;
            case decimal v: Write(writer, v, row); break;
            case Guid v: Write(writer, v, row); break;
            case DateTime v: Write(writer, v, row); break;
            case DateTimeOffset v: Write(writer, v, row); break;
            case DateOnly v: Write(writer, v, row); break;
            case DuckDBDateOnly v: Write(writer, v, row); break;
            case TimeOnly v: Write(writer, v, row); break;
            case DuckDBTimeOnly v: Write(writer, v, row); break;
            case TimeSpan v: Write(writer, v, row); break;
            case Enum v: writer.Write(v.ToString(), row); break;
            case IEnumerable v: writer.Write(v, row); break;
            default: throw new InvalidOperationException($"Cannot write {value.GetType().Name} to {writer.Type} column");
        }
    }
}
