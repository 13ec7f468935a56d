namespace Floe.CubeProxy.Model;

/// <summary>What the holders of a role may see of a cube or view. Several that apply add up.</summary>
/// <param name="Roles">Roles or groups it is for; null: everybody.</param>
/// <param name="Conditions">All must hold for it to apply.</param>
/// <param name="Members">Members that may be asked for; null: all.</param>
/// <param name="Rows">Filters that rows must pass, all of them; null: all rows.</param>
public sealed record AccessPolicy(
    IReadOnlyList<string>? Roles,
    IReadOnlyList<PolicyCondition> Conditions,
    IReadOnlySet<string>? Members,
    IReadOnlyList<PolicyFilter>? Rows,
    SourcePlace Place);

/// <summary>Holds when the claim is set and not false (negated: when it is not).</summary>
public sealed record PolicyCondition(ClaimPath Claim, bool IsNegated);

/// <summary>A claim of the token: <c>securityContext.user.region</c>.</summary>
public sealed record ClaimPath(IReadOnlyList<string> Keys)
{
    public override string ToString() => string.Join('.', Keys);
}

/// <summary>A condition on rows, or several combined.</summary>
public abstract record PolicyFilter;

/// <summary>Several conditions, of which all (<c>and</c>) or one (<c>or</c>) must hold.</summary>
public sealed record PolicyGroup(bool IsAnd, IReadOnlyList<PolicyFilter> Filters) : PolicyFilter;

/// <summary>A condition on one member, with values of the model or of the token.</summary>
/// <param name="MemberName">A member of the policy's own cube or view, or <c>Cube.member</c>.</param>
public sealed record PolicyMemberFilter(string MemberName, string Operator, IReadOnlyList<PolicyValue> Values, SourcePlace Place) : PolicyFilter
{
    /// <summary>Bound when all cubes are known.</summary>
    public Member Member { get; internal set; } = null!;
}

/// <summary>A fixed value, or a claim's (one value, or all of its list).</summary>
public sealed record PolicyValue(string? Text, ClaimPath? Claim);
