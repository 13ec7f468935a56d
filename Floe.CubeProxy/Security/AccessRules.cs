using Floe.CubeProxy.Model;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Security;

/// <summary>What access policies mean for one caller. Fails closed: no policy that applies, or a claim that is missing, is a refusal, never all rows.</summary>
internal static class AccessRules
{
    public static bool MaySee(Cube cube, SecurityContext context) => cube.Policies.Count == 0 || Applying(cube, context).Any();

    public static bool MaySee(Member member, SecurityContext context) =>
        member.Cube.Policies.Count == 0 || Applying(member.Cube, context).Any(policy => policy.Members?.Contains(member.Name) != false);

    /// <summary>
    /// The condition on the cube's rows; null when all may be seen. Each member is seen in the rows of those policies that show it;
    /// members together in the rows in which each of them is.
    /// </summary>
    /// <param name="members">The cube's members that the query uses; none: only its rows matter.</param>
    /// <exception cref="CubeApiException">403: the caller may see nothing of the cube, or not one of the members, or lacks a claim that a policy needs.</exception>
    public static ResolvedFilter? RowsOf(Cube cube, IReadOnlyCollection<Member> members, SecurityContext context)
    {
        if (cube.Policies.Count == 0) return null;
        var applying = Applying(cube, context).ToList();
        if (applying.Count == 0)
            throw new CubeApiException(403, $"Access to '{cube.Name}' is denied: none of its access policies applies to this token.", "access_denied");
        // Which policies show each member; the members that the same ones show are limited alike.
        var showing = members.Count == 0 ? [applying] : members.Select(member => Showing(member, applying)).DistinctBy(policies => string.Join(',', policies.Select(policy => applying.IndexOf(policy)))).ToList();
        var conditions = showing.Select(policies => Rows(policies, cube, context)).OfType<ResolvedFilter>().ToList();
        return conditions.Count switch { 0 => null, 1 => conditions[0], _ => new ResolvedFilterGroup(true, conditions) };
    }

    private static List<AccessPolicy> Showing(Member member, List<AccessPolicy> applying)
    {
        var showing = applying.FindAll(policy => policy.Members?.Contains(member.Name) != false);
        return showing.Count > 0
            ? showing
            : throw new CubeApiException(403, $"Access to '{member.FullName}' is denied: no access policy that applies to this token includes it.", "access_denied");
    }

    private static ResolvedFilter? Rows(List<AccessPolicy> policies, Cube cube, SecurityContext context)
    {
        if (policies.Exists(policy => policy.Rows is null)) return null;
        var alternatives = policies.Select(policy => new ResolvedFilterGroup(true, [.. policy.Rows!.Select(filter => Resolve(filter, cube, context))])).ToList();
        return alternatives.Count == 1 ? alternatives[0] : new ResolvedFilterGroup(false, alternatives);
    }

    private static IEnumerable<AccessPolicy> Applying(Cube cube, SecurityContext context) => cube.Policies.Where(policy =>
        (policy.Roles is null || policy.Roles.Any(context.Roles.Contains))
        && policy.Conditions.All(condition => context.Holds(condition.Claim) != condition.IsNegated));

    private static ResolvedFilter Resolve(PolicyFilter filter, Cube cube, SecurityContext context)
    {
        if (filter is PolicyGroup group) return new ResolvedFilterGroup(group.IsAnd, [.. group.Filters.Select(inner => Resolve(inner, cube, context))]);
        var one = (PolicyMemberFilter)filter;
        var values = new List<string?>();
        foreach (var value in one.Values)
        {
            if (value.Claim is null) values.Add(value.Text);
            else values.AddRange(context.Values(value.Claim) ?? throw new CubeApiException(403, $"Access to '{cube.Name}' is denied: its access policy needs the claim '{value.Claim}', which this token does not have.", "access_denied"));
        }
        return new ResolvedMemberFilter(one.Member, new MemberFilter(one.Member.FullName, one.Operator, values));
    }
}
