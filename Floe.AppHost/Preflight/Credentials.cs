namespace Floe.AppHost.Preflight;

/// <summary>Credentials from environment variables, by the names that the engines' own tools use. Never shown.</summary>
public sealed class Credentials(Func<string, string?> variable)
{
    /// <summary>Of this process.</summary>
    public static Credentials FromEnvironment { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>A variable that may be absent.</summary>
    public string? Optional(string name) => variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>A variable without which the check cannot be done.</summary>
    /// <exception cref="CheckFailedException">It is absent.</exception>
    internal string Required(string name, string what) => Optional(name)
        ?? throw new CheckFailedException($"missing_credentials: the environment variable {name} is not set", $"set {name}: {what}");
}
