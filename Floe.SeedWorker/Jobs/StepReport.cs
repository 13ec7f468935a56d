namespace Floe.SeedWorker.Jobs;

/// <summary>What a step says about itself while it works.</summary>
public sealed class StepReport
{
    /// <summary>Rows written.</summary>
    public long? Rows { get; set; }

    /// <summary>What is worth knowing.</summary>
    public string? Detail { get; set; }
}
