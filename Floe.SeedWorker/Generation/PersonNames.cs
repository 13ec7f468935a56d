using System.Runtime.CompilerServices;

namespace Floe.SeedWorker.Generation;

/// <summary>Names of people and the e-mail addresses that belong to them; the domains are reserved for examples (RFC 2606).</summary>
internal static class PersonNames
{
    // Display form, and the form in an e-mail address where it differs.
    private static readonly (string Name, string? Ascii)[] s_first =
    [
        ("Amara", null), ("Anders", null), ("Beatriz", null), ("Bruno", null), ("Chloé", "chloe"), ("Daniel", null), ("Deepa", null), ("Elena", null),
        ("Emeka", null), ("Emma", null), ("Fatima", null), ("Felix", null), ("Grace", null), ("Haruto", null), ("Hana", null), ("Ibrahim", null),
        ("Inès", "ines"), ("Ivan", null), ("Jamal", null), ("Jin", null), ("Jonas", null), ("José", "jose"), ("Kavya", null), ("Kenji", null),
        ("Lars", null), ("Layla", null), ("Leon", null), ("Lucía", "lucia"), ("Luca", null), ("Maja", null), ("Marcus", null), ("María", "maria"),
        ("Mateo", null), ("Mei", null), ("Mohammed", null), ("Nadia", null), ("Noah", null), ("Olivia", null), ("Omar", null), ("Priya", null),
        ("Rafael", null), ("Ravi", null), ("Rosa", null), ("Ruth", null), ("Sadia", null), ("Samuel", null), ("Sofía", "sofia"), ("Søren", "soren"),
        ("Tariq", null), ("Thandi", null), ("Tomás", "tomas"), ("Ursula", null), ("Valentina", null), ("Victor", null), ("Wanjiru", null), ("Wei", null),
        ("Ximena", null), ("Yara", null), ("Yusuf", null), ("Zeynep", null), ("Zoe", null), ("Jürgen", "juergen"), ("Minh", null), ("Aisha", null),
    ];

    private static readonly (string Name, string? Ascii)[] s_last =
    [
        ("Abebe", null), ("Adeyemi", null), ("Ahmed", null), ("Almeida", null), ("Andersen", null), ("Bauer", null), ("Bianchi", null), ("Brown", null),
        ("Castro", null), ("Chen", null), ("Costa", null), ("Davies", null), ("Díaz", "diaz"), ("Dubois", null), ("Eriksson", null), ("Fernández", "fernandez"),
        ("Fischer", null), ("Garcia", null), ("Gupta", null), ("Haddad", null), ("Hansen", null), ("Hughes", null), ("Ito", null), ("Ivanova", null),
        ("Jansen", null), ("Johnson", null), ("Kamau", null), ("Kaya", null), ("Khan", null), ("Kim", null), ("Kowalski", null), ("Kumar", null),
        ("Larsen", null), ("Lee", null), ("Lindqvist", null), ("López", "lopez"), ("Martin", null), ("Mensah", null), ("Meyer", null), ("Moreau", null),
        ("Müller", "mueller"), ("Nakamura", null), ("Ndlovu", null), ("Nguyen", null), ("Novak", null), ("O'Connor", "oconnor"), ("Okafor", null), ("Oliveira", null),
        ("Park", null), ("Patel", null), ("Pereira", null), ("Petrov", null), ("Popescu", null), ("Ramírez", "ramirez"), ("Rossi", null), ("Santos", null),
        ("Sato", null), ("Schmidt", null), ("Silva", null), ("Singh", null), ("Smith", null), ("Tanaka", null), ("Wang", null), ("Yılmaz", "yilmaz"),
    ];

    private static readonly string[] s_domains = ["example.com", "example.org", "example.net"];

    /// <summary>A full name and its address; the number keeps addresses of people with the same name apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (string Name, string Email) Pick(ulong random, long number)
    {
        var (first, firstAscii) = s_first[random & 63];
        var (last, lastAscii) = s_last[(random >> 6) & 63];
        var domain = s_domains[(random >> 12) % 3];
        return ($"{first} {last}", $"{firstAscii ?? first.ToLowerInvariant()}.{lastAscii ?? last.ToLowerInvariant()}{number}@{domain}");
    }
}
