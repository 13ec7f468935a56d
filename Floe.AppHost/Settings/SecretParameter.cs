namespace Floe.AppHost.Settings;

/// <summary>How secrets come about: generated once, kept in user secrets, masked in the dashboard.</summary>
internal static class SecretParameter
{
    /// <summary>32 letters and digits: about 190 bits, and safe in URLs, connection strings and environment files.</summary>
    public static ParameterDefault Generated => new GenerateParameterDefault { MinLength = 32, Special = false };
}
