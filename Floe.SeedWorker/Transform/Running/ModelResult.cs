using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>A model that was built.</summary>
/// <param name="Model">The model.</param>
/// <param name="Rows">Rows of a table; null for a view.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ModelResult(DbtModel Model, long? Rows, TimeSpan Elapsed);
