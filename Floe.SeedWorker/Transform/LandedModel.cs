using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform;

/// <summary>A model that was put into its table.</summary>
/// <param name="Model">The model.</param>
/// <param name="Table">The table before.</param>
/// <param name="Commit">What was committed.</param>
/// <param name="Rows">Rows written.</param>
internal sealed record LandedModel(DbtModel Model, Table Table, TableCommit Commit, long Rows);
