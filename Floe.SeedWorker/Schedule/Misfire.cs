namespace Floe.SeedWorker.Schedule;

/// <summary>What becomes of times that passed while no worker was there.</summary>
public enum Misfire
{
    /// <summary>One run for all of them, as soon as a worker is there.</summary>
    Once,

    /// <summary>Nothing; the next time counts.</summary>
    Skip,
}
