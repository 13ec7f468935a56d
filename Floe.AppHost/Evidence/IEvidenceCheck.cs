namespace Floe.AppHost.Evidence;

/// <summary>A check that only the AppHost can make, because it alone has the keys: they leave it for nobody.</summary>
internal interface IEvidenceCheck
{
    /// <summary>Name, stable.</summary>
    string Name { get; }

    /// <summary>What is compared, for people.</summary>
    string Compared { get; }

    /// <summary>Asks; it holds when both texts are the same. An exception is a failed check, its message the reason.</summary>
    Task<(string Expected, string Actual)> RunAsync(CancellationToken ct);
}
