using System.Security.Cryptography;
using System.Text;
using Floe.Emulators.Minio.Errors;

namespace Floe.Emulators.Minio.Objects;

/// <summary>
/// A key: 1 to 1024 bytes of UTF-8, otherwise opaque. It never becomes a path; on disk an object goes by the hash of its key.
/// Ordered by UTF-8 bytes, which is not the order of .NET strings.
/// </summary>
internal readonly record struct ObjectKey : IComparable<ObjectKey>
{
    private const int LongestKey = 1024;

    private ObjectKey(string text) => Text = text;

    public string Text { get; }

    /// <exception cref="S3Exception">400 KeyTooLongError.</exception>
    public static ObjectKey Parse(string text)
    {
        if (text.Length > LongestKey / 4 && Encoding.UTF8.GetByteCount(text) is > LongestKey and var bytes)
            throw S3Errors.KeyTooLong(bytes);
        return new ObjectKey(text);
    }

    /// <summary>64 hex digits, the object's name on disk.</summary>
    public string Hash()
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(Text), hash);
        return Convert.ToHexStringLower(hash);
    }

    public int CompareTo(ObjectKey other) => Compare(Text, other.Text);

    /// <summary>Compares as UTF-8 would: as UTF-16, but with the surrogates above everything else.</summary>
    public static int Compare(string a, string b)
    {
        var common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length)
            return a.Length.CompareTo(b.Length);
        return Rank(a[common]) - Rank(b[common]);
    }

    public override string ToString() => Text;

    private static int Rank(char c) => c < 0xD800 ? c : c < 0xE000 ? c + 0x2000 : c - 0x800;
}
