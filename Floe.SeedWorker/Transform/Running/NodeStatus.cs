namespace Floe.SeedWorker.Transform.Running;

/// <summary>What became of a model or test; dbt's words in lower case.</summary>
public enum NodeStatus
{
    /// <summary>A model was built.</summary>
    Success,

    /// <summary>A test found nothing.</summary>
    Pass,

    /// <summary>A test found rows.</summary>
    Fail,

    /// <summary>It could not be done.</summary>
    Error,

    /// <summary>Not tried: something that it reads failed.</summary>
    Skipped,
}
