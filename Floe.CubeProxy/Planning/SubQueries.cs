using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Planning;

/// <summary>Which dimensions of a query are computed in queries of their own.</summary>
internal static class SubQueries
{
    /// <summary>Those among the members and among what they are made of; what a sub-query is made of is its own affair.</summary>
    public static IEnumerable<Dimension> Of(IEnumerable<Member> members) => members.SelectMany(Of).Distinct();

    private static IEnumerable<Dimension> Of(Member member) =>
        member is Dimension { IsSubQuery: true } found ? [found] : member.Templates.SelectMany(template => template.Members).SelectMany(Of);
}
