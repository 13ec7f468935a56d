using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Planning;

/// <summary>The cubes that a member's SQL is written over.</summary>
internal static class TouchedCubes
{
    /// <summary>Null: a sub-query is among what it is made of, which has cubes of its own.</summary>
    public static IReadOnlySet<Cube>? Of(Member member)
    {
        var cubes = new HashSet<Cube>();
        return Collect(member, cubes) ? cubes : null;
    }

    /// <summary>The member and all that it is made of.</summary>
    public static IEnumerable<Member> Parts(Member member) => member.Templates.SelectMany(template => template.Members).SelectMany(Parts).Prepend(member);

    private static bool Collect(Member member, HashSet<Cube> cubes)
    {
        if (member is Dimension { IsSubQuery: true }) return false;
        if (!member.Cube.IsView) cubes.Add(member.Cube);
        foreach (var part in member.Templates.SelectMany(template => template.Parts))
        {
            switch (part)
            {
                case SqlPart.CubeAlias alias:
                    cubes.Add(alias.Cube);
                    break;
                case SqlPart.MemberReference reference when !Collect(reference.Member, cubes):
                    return false;
            }
        }
        return true;
    }
}
