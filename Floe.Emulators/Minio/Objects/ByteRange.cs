using System.Globalization;
using Floe.Emulators.Minio.Errors;

namespace Floe.Emulators.Minio.Objects;

/// <summary>A satisfiable piece of an object.</summary>
internal readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>
    /// A Range header: <c>bytes=a-b</c>, <c>bytes=a-</c> or <c>bytes=-n</c>. Null when it is absent, malformed or asks for several pieces
    /// (S3 then sends the whole object).
    /// </summary>
    /// <exception cref="S3Exception">416 InvalidRange.</exception>
    public static ByteRange? Parse(string? header, long size)
    {
        if (header is null || !header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
            return null;
        var range = header.AsSpan(6).Trim();
        var dash = range.IndexOf('-');
        if (dash < 0 || !TryNumber(range[..dash], out var first) || !TryNumber(range[(dash + 1)..], out var last) || (first is null && last is null))
            return null;

        if (first is null)
        {
            var length = Math.Min(last!.Value, size);
            return length > 0 ? new ByteRange(size - length, length) : throw S3Errors.InvalidRange(header, size);
        }
        if (last < first)
            return null;
        if (first >= size)
            throw S3Errors.InvalidRange(header, size);
        var end = Math.Min(last ?? long.MaxValue, size - 1);
        return new ByteRange(first.Value, end - first.Value + 1);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long? number)
    {
        number = null;
        if (text.IsEmpty)
            return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        number = value;
        return true;
    }
}
