namespace Floe.Emulators.Polaris.Grants;

/// <summary>A set of privileges, one bit each.</summary>
internal readonly record struct PrivilegeSet(UInt128 Bits)
{
    public static PrivilegeSet Of(params ReadOnlySpan<Privilege> privileges)
    {
        var set = default(PrivilegeSet);
        foreach (var privilege in privileges)
            set = set.With(privilege);
        return set;
    }

    public PrivilegeSet With(Privilege privilege) => new(Bits | (UInt128.One << (int)privilege));

    public PrivilegeSet Union(PrivilegeSet other) => new(Bits | other.Bits);

    public bool Contains(Privilege privilege) => (Bits & (UInt128.One << (int)privilege)) != 0;

    public bool Overlaps(PrivilegeSet other) => (Bits & other.Bits) != 0;
}
