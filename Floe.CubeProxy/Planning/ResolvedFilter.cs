using Floe.CubeProxy.Model;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Planning;

/// <summary>A condition whose members have been found in the model.</summary>
public abstract record ResolvedFilter
{
    public abstract IEnumerable<Member> Members { get; }
}

/// <summary>Several conditions, of which all (<c>and</c>) or one (<c>or</c>) must hold.</summary>
public sealed record ResolvedFilterGroup(bool IsAnd, IReadOnlyList<ResolvedFilter> Filters) : ResolvedFilter
{
    public override IEnumerable<Member> Members => Filters.SelectMany(filter => filter.Members);
}

/// <summary>A condition on one member.</summary>
public sealed record ResolvedMemberFilter(Member Member, MemberFilter Source) : ResolvedFilter
{
    public override IEnumerable<Member> Members => [Member];
}

/// <summary>The rows that a measure with filters is made of (<c>measureFilter</c>: what drill-downs ask for).</summary>
public sealed record ResolvedMeasureRows(Measure Measure) : ResolvedFilter
{
    public override IEnumerable<Member> Members => [Measure];
}
