namespace Floe.SeedWorker.Transform.Running;

/// <summary>What a run of a project did.</summary>
/// <param name="Nodes">Models and tests in the order in which they were done.</param>
/// <param name="Elapsed">How long all took.</param>
public sealed record DbtResults(IReadOnlyList<NodeResult> Nodes, TimeSpan Elapsed)
{
    /// <summary>The models.</summary>
    public IEnumerable<NodeResult> Models => Nodes.Where(n => !n.IsTest);

    /// <summary>The tests.</summary>
    public IEnumerable<NodeResult> Tests => Nodes.Where(n => n.IsTest);

    /// <summary>Whether everything is well.</summary>
    public bool Succeeded => Nodes.All(n => n.Status is NodeStatus.Success or NodeStatus.Pass);

    /// <summary>Throws when something is not well.</summary>
    /// <exception cref="DbtException">A model or test is wrong; the first of them.</exception>
    /// <exception cref="TransformException">Data tests failed.</exception>
    public void ThrowIfFailed()
    {
        if (Nodes.FirstOrDefault(n => n.Status == NodeStatus.Error)?.Cause is { } cause)
            throw cause;
        var failed = Tests.Where(t => t.Status == NodeStatus.Fail).ToList();
        if (failed.Count > 0)
        {
            throw new TransformException(
                $"{failed.Count} of {Tests.Count()} data tests failed, nothing was landed: {string.Join("; ", failed.Select(t => $"{t.Name} ({t.FailingRows} rows, {t.File}:{t.Line})"))}.");
        }
    }
}
