using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Floe.ServiceDefaults.Configuration;

/// <summary>Finds the values of a section that its options' properties cannot take, such as <c>abc</c> for a number.</summary>
internal static class ValueKinds
{
    private static readonly string[] s_secretWords = ["Secret", "Password", "Key"];

    /// <exception cref="OptionsValidationException">One sentence per value of the wrong kind.</exception>
    public static void Check<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(IConfigurationSection section)
    {
        var failures = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)
            .Select(property => Failure(section.GetSection(property.Name), property.PropertyType)).OfType<string>().ToList();
        if (failures.Count > 0)
            throw new OptionsValidationException(Options.DefaultName, typeof(T), failures);
    }

    private static string? Failure(IConfigurationSection setting, Type type)
    {
        if (setting.Value is not { } value)
            return null;
        try
        {
            _ = setting.Get(type);
            return null;
        }
        // The binder's own verdict, not its message: that shows the value, whatever the key.
        catch (InvalidOperationException)
        {
            var shown = s_secretWords.Any(word => setting.Key.Contains(word, StringComparison.OrdinalIgnoreCase)) ? "cannot be read" : $"is '{value}'";
            return $"{setting.Path} {shown}; it must be {Kind(Nullable.GetUnderlyingType(type) ?? type)}.";
        }
    }

    private static string Kind(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) => $"a whole number of at most {int.MaxValue}",
        _ when type == typeof(long) => $"a whole number of at most {long.MaxValue}",
        _ when type == typeof(double) || type == typeof(float) || type == typeof(decimal) => "a number",
        _ when type == typeof(TimeSpan) => "a duration such as 00:01:30",
        _ when type == typeof(Uri) => "an address such as http://host:port",
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ => $"a {type.Name}",
    };
}
