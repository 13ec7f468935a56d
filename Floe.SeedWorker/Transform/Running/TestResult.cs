namespace Floe.SeedWorker.Transform.Running;

/// <summary>A test that was asked.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="File">Where it is declared.</param>
/// <param name="Line">The line.</param>
/// <param name="FailingRows">0 when it passed.</param>
public sealed record TestResult(string Name, string File, int Line, long FailingRows);
