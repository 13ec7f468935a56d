namespace Floe.SeedWorker.Jobs;

/// <summary>A parameter of a job breaks a rule.</summary>
public sealed class JobParameterException(string field, string value, string rule) : Exception($"Parameter '{field}' is {value}; {rule}.")
{
    /// <summary>The parameter.</summary>
    public string Field { get; } = field;

    /// <summary>What was given.</summary>
    public string Value { get; } = value;

    /// <summary>What it must be.</summary>
    public string Rule { get; } = rule;
}
