namespace Floe.SeedWorker.Evidence;

/// <summary>A question to the running stack whose answer can be compared with what it must be.</summary>
internal interface IEvidenceCheck
{
    /// <summary>Name, stable.</summary>
    string Name { get; }

    /// <summary>What is compared, for people.</summary>
    string Compared { get; }

    /// <summary>When it runs; those of one stage run side by side.</summary>
    EvidenceStage Stage => EvidenceStage.AsItIs;

    /// <summary>Asks. An exception is a failed check, its message the reason.</summary>
    /// <exception cref="NotCheckedException">What it needs was not given.</exception>
    Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct);
}

/// <summary>The order of checks.</summary>
internal enum EvidenceStage
{
    /// <summary>At once.</summary>
    AsItIs,

    /// <summary>Sends a batch on its way.</summary>
    Batch,

    /// <summary>Looks at what the batch has led to.</summary>
    AfterBatch,
}

/// <summary>Both values of a check.</summary>
internal sealed record Finding(string Expected, string Actual)
{
    /// <summary>Whether what was found is what it must be: the same text, where nothing else is said.</summary>
    public bool Holds { get; init; } = Expected == Actual;

    /// <summary>Facts beside it.</summary>
    public IReadOnlyDictionary<string, string>? Details { get; init; }
}

/// <summary>A check was not given what it needs.</summary>
internal sealed class NotCheckedException(string message) : Exception(message);
