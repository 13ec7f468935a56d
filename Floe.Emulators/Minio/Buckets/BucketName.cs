using System.Net;

namespace Floe.Emulators.Minio.Buckets;

/// <summary>The rule for names of buckets: safe as a folder on every system, because it allows nothing else.</summary>
internal static class BucketName
{
    /// <summary>3 to 63 of <c>a-z 0-9 . -</c>, a letter or digit at both ends, no two dots in a row, no IP address.</summary>
    public static bool IsValid(string name)
    {
        if (name.Length is < 3 or > 63 || !char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1]))
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('.' or '-'))
                return false;
        }
        return !name.Contains("..", StringComparison.Ordinal) && !(char.IsAsciiDigit(name[^1]) && IPAddress.TryParse(name, out _));
    }
}
