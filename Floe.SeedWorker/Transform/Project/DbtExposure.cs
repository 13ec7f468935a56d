namespace Floe.SeedWorker.Transform.Project;

/// <summary>Somebody who reads models, as documented.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Kind, <c>application</c> or <c>dashboard</c> for example.</param>
/// <param name="Description">For people.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="DependsOn">Names of the models.</param>
/// <param name="File">Where it is declared.</param>
internal sealed record DbtExposure(string Name, string Type, string Description, string Owner, IReadOnlyList<string> DependsOn, string File);
