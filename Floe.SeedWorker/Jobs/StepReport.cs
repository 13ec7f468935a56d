namespace Floe.SeedWorker.Jobs;

/// <summary>What a step says about itself while it works.</summary>
public sealed class StepReport(Func<Task> publish)
{
    /// <summary>Rows written.</summary>
    public long? Rows { get; set; }

    /// <summary>What is worth knowing.</summary>
    public string? Detail { get; set; }

    /// <summary>Writes what is known now into the run's record, for steps that take long.</summary>
    public Task PublishAsync() => publish();
}
