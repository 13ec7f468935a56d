using Floe.Emulators.Polaris.Errors;

namespace Floe.Emulators.Polaris.Namespaces;

/// <summary>The rule for names of new namespaces and tables: they become parts of paths.</summary>
internal static class ObjectName
{
    private const string Refused = "/\\:*?\"<>|#+`";

    public static void Check(string name)
    {
        if (name.Length is 0 or > 256 || name is "." or ".." || name.Any(c => char.IsControl(c) || Refused.Contains(c)))
            throw PolarisException.IllegalArgument($"The name '{name}' is not allowed; use 1 to 256 characters without control characters and without any of {Refused}");
    }
}
