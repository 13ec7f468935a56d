namespace Floe.SeedWorker.Jobs;

/// <summary>Named moments of a run, so that a test can end the process at each. Nothing in the product sets the hook.</summary>
internal static class FaultPoints
{
    public const string RunBegun = "run.begun";
    public const string RunEnded = "run.ended";
    public const string RunNoted = "run.noted";

    /// <summary>Called with the name of the moment that was reached.</summary>
    public static Action<string> Hook { get; set; } = static _ => { };

    public static void Reached(string name) => Hook(name);

    /// <summary>A step's work is done and not yet noted.</summary>
    public static void StepWorked(string step) => Hook($"{step}.worked");

    /// <summary>A step is noted as begun and nothing of it done.</summary>
    public static void StepBegun(string step) => Hook($"{step}.begun");
}
