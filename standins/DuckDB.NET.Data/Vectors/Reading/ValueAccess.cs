using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Numerics;
using System.Reflection;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>Turns a type parameter into the getter of that type. The comparisons are constants to the JIT, so nothing is boxed.</summary>
internal static class ValueAccess
{
    private static readonly ConcurrentDictionary<Type, Func<VectorReader, ulong, object>> boxedReaders = new();

    public static T Get<T>(VectorReader reader, ulong row)
    {
        if (typeof(T) == typeof(long)) return (T)(object)reader.GetInteger<long>(row);
        if (typeof(T) == typeof(int)) return (T)(object)reader.GetInteger<int>(row);
        if (typeof(T) == typeof(short)) return (T)(object)reader.GetInteger<short>(row);
        if (typeof(T) == typeof(sbyte)) return (T)(object)reader.GetInteger<sbyte>(row);
        if (typeof(T) == typeof(ulong)) return (T)(object)reader.GetInteger<ulong>(row);
        if (typeof(T) == typeof(uint)) return (T)(object)reader.GetInteger<uint>(row);
        if (typeof(T) == typeof(ushort)) return (T)(object)reader.GetInteger<ushort>(row);
        if (typeof(T) == typeof(byte)) return (T)(object)reader.GetInteger<byte>(row);
        if (typeof(T) == typeof(BigInteger)) return (T)(object)reader.GetInteger<BigInteger>(row);
        if (typeof(T) == typeof(bool)) return (T)(object)reader.GetBoolean(row);
        if (typeof(T) == typeof(float)) return (T)(object)reader.GetFloat(row);
        if (typeof(T) == typeof(double)) return (T)(object)reader.GetDouble(row);
        if (typeof(T) == typeof(decimal)) return (T)(object)reader.GetDecimal(row);
        if (typeof(T) == typeof(Guid)) return (T)(object)reader.GetGuid(row);
        if (typeof(T) == typeof(DateTime)) return (T)(object)reader.GetDateTime(row);
        if (typeof(T) == typeof(DateTimeOffset)) return (T)(object)reader.GetDateTimeOffset(row);
        if (typeof(T) == typeof(DateOnly)) return (T)(object)reader.GetDateOnly(row);
        if (typeof(T) == typeof(TimeOnly)) return (T)(object)reader.GetTimeOnly(row);
        if (typeof(T) == typeof(TimeSpan)) return (T)(object)reader.GetTimeSpan(row);
        if (typeof(T) == typeof(string)) return (T)(object)reader.GetString(row);
        if (typeof(T) == typeof(Stream)) return (T)(object)reader.GetStream(row);
        if (typeof(T) == typeof(object)) return (T)reader.GetObject(row);

        var target = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        if (target.IsEnum)
            return (T)GetEnum(reader, row, target);
        return (T)reader.GetObject(row, target);
    }

    /// <summary>The value as <paramref name="target"/>, boxed: for elements of nested values.</summary>
    public static object Boxed(VectorReader reader, ulong row, Type target)
    {
        if (!IsScalar(target))
            throw reader.Mismatch(target);
        return boxedReaders.GetOrAdd(target, Compile)(reader, row);
    }

    private static bool IsScalar(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(decimal) || type == typeof(BigInteger) || type == typeof(Guid) || type == typeof(DateTime)
        || type == typeof(DateTimeOffset) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(TimeSpan)
        || type == typeof(string) || type == typeof(Stream);

    private static object GetEnum(VectorReader reader, ulong row, Type target) => reader.GetObject(row) switch
    {
        string name when Enum.TryParse(target, name, ignoreCase: false, out var parsed) => parsed,
        string name => throw new InvalidCastException($"Column '{reader.Column}' has the value '{name}', which is no member of {target.Name}."),
        var number when number.GetType().IsPrimitive && number is not bool => Enum.ToObject(target, number),
        _ => throw reader.Mismatch(target),
    };

    private static Func<VectorReader, ulong, object> Compile(Type target)
    {
        var reader = Expression.Parameter(typeof(VectorReader));
        var row = Expression.Parameter(typeof(ulong));
        var get = typeof(ValueAccess).GetMethod(nameof(Get), BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(target);
        return Expression.Lambda<Func<VectorReader, ulong, object>>(Expression.Convert(Expression.Call(get, reader, row), typeof(object)), reader, row).Compile();
    }
}
