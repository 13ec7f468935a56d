using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

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

    private static readonly byte[][] s_domains = ["@example.com"u8.ToArray(), "@example.org"u8.ToArray(), "@example.net"u8.ToArray()];

    private static readonly (byte[] Name, byte[] Address)[] s_firstBytes = [.. s_first.Select(Bytes)];
    private static readonly (byte[] Name, byte[] Address)[] s_lastBytes = [.. s_last.Select(Bytes)];

    /// <summary>Bytes that the longest name or address has at most: names, a number, a domain, and what is between them.</summary>
    public static int MaxBytes { get; } = s_firstBytes.Max(Longer) + s_lastBytes.Max(Longer) + 20 + s_domains.Max(domain => domain.Length) + 1;

    /// <summary>A full name and its address; the number keeps addresses of people with the same name apart.</summary>
    public static (string Name, string Email) Pick(ulong random, long number)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        var name = Encoding.UTF8.GetString(bytes[..WriteName(random, bytes)]);
        return (name, Encoding.UTF8.GetString(bytes[..WriteEmail(random, number, bytes)]));
    }

    /// <summary>The name as UTF-8.</summary>
    /// <returns>Its number of bytes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int WriteName(ulong random, Span<byte> to)
    {
        var length = Append(s_firstBytes[random & 63].Name, to, 0);
        to[length++] = (byte)' ';
        return Append(s_lastBytes[(random >> 6) & 63].Name, to, length);
    }

    /// <summary>The address of the same person as UTF-8.</summary>
    /// <returns>Its number of bytes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int WriteEmail(ulong random, long number, Span<byte> to)
    {
        var length = Append(s_firstBytes[random & 63].Address, to, 0);
        to[length++] = (byte)'.';
        length = Append(s_lastBytes[(random >> 6) & 63].Address, to, length);
        Utf8Formatter.TryFormat(number, to[length..], out var digits);
        return Append(s_domains[(random >> 12) % 3], to, length + digits);
    }

    private static int Append(byte[] text, Span<byte> to, int at)
    {
        text.CopyTo(to[at..]);
        return at + text.Length;
    }

    private static (byte[] Name, byte[] Address) Bytes((string Name, string? Ascii) name) => (Encoding.UTF8.GetBytes(name.Name), Encoding.UTF8.GetBytes(name.Ascii ?? name.Name.ToLowerInvariant()));

    private static int Longer((byte[] Name, byte[] Address) bytes) => Math.Max(bytes.Name.Length, bytes.Address.Length);
}
