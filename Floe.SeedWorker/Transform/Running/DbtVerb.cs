namespace Floe.SeedWorker.Transform.Running;

/// <summary>What is done with the selected nodes; dbt's commands.</summary>
public enum DbtVerb
{
    /// <summary>Builds models.</summary>
    Run,

    /// <summary>Asks tests.</summary>
    Test,

    /// <summary>Builds models, asks each one's tests right after it, and leaves out what reads a failed one.</summary>
    Build,
}
