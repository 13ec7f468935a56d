namespace Floe.CubeProxy.Model;

/// <summary>One part of a model's SQL text: plain SQL, or a reference in braces.</summary>
public abstract record SqlPart
{
    public sealed record Literal(string Sql) : SqlPart;

    /// <summary><c>{CUBE}</c> or <c>{Customers}</c>: the alias of a cube's table.</summary>
    public sealed record CubeAlias(Cube Cube) : SqlPart;

    /// <summary><c>{total_revenue}</c>, <c>{CUBE.status}</c>, <c>{Orders.count}</c>: another member's SQL.</summary>
    public sealed record MemberReference(Member Member) : SqlPart;

    /// <summary>A reference that is not bound to the model yet.</summary>
    internal sealed record Unbound(string Path, SourcePlace Place) : SqlPart;
}
