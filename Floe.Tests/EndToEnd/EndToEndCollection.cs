namespace Floe.Tests.EndToEnd;

/// <summary>Tests that start whole stacks run one after the other: two cores are shared.</summary>
[CollectionDefinition(Name)]
public sealed class EndToEndCollection : ICollectionFixture<FloeStackFixture>
{
    public const string Name = "end to end";
}
