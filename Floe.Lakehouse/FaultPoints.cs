namespace Floe.Lakehouse;

/// <summary>Named steps between the first file of a change and the answer to its commit, so that a test can end the process at each. Nothing in the
/// product sets the hook.</summary>
internal static class FaultPoints
{
    public const string ParquetWritten = "parquet.written";
    public const string ParquetUploaded = "parquet.uploaded";
    public const string ManifestWritten = "manifest.written";
    public const string ManifestListWritten = "manifest-list.written";
    public const string CommitPrepared = "commit.prepared";
    public const string CommitAnswered = "commit.answered";
    public const string CommitCleaned = "commit.cleaned";

    /// <summary>Called with the name of the step that was reached.</summary>
    public static Action<string> Hook { get; set; } = static _ => { };

    public static void Reached(string name) => Hook(name);
}
