using Floe.Emulators.Polaris.Store;

namespace Floe.Emulators.Polaris.Catalogs;

/// <summary>A catalog and the entities below it, down to the one that is meant.</summary>
internal sealed record SecurablePath(IReadOnlyList<Entity> Entities)
{
    public Entity Catalog => Entities[0];

    public Entity Leaf => Entities[^1];

    public long[] Ids => [.. Entities.Select(e => e.Id)];

    public SecurablePath Then(Entity child) => new([.. Entities, child]);
}
