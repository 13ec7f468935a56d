using System.Text;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Signatures;

/// <summary>The canonical request of Signature V4: what client and server must agree on byte for byte.</summary>
internal static class CanonicalRequest
{
    /// <summary>The query parameter that carries a presigned request's signature, and so is not part of it.</summary>
    public const string SignatureParameter = "X-Amz-Signature";

    public static string Build(S3Request request, string signedHeaders, string payloadHash)
    {
        var text = new StringBuilder(512);
        text.Append(request.Method).Append('\n');
        text.Append(UriEncoding.Encode(request.Path, keepSlash: true)).Append('\n');
        AppendQuery(text, request.Query);
        text.Append('\n');
        foreach (var name in signedHeaders.Split(';'))
            AppendHeader(text, request, name);
        text.Append('\n').Append(signedHeaders).Append('\n').Append(payloadHash);
        return text.ToString();
    }

    private static void AppendQuery(StringBuilder text, QueryParameters query)
    {
        var pairs = query.All
            .Where(pair => pair.Name != SignatureParameter)
            .Select(pair => (Name: UriEncoding.Encode(pair.Name, keepSlash: false), Value: UriEncoding.Encode(pair.Value, keepSlash: false)))
            .ToArray();
        Array.Sort(pairs, (a, b) => string.CompareOrdinal(a.Name, b.Name) is not 0 and var byName ? byName : string.CompareOrdinal(a.Value, b.Value));
        var first = true;
        foreach (var (name, value) in pairs)
        {
            if (!first)
                text.Append('&');
            first = false;
            text.Append(name).Append('=').Append(value);
        }
    }

    private static void AppendHeader(StringBuilder text, S3Request request, string name)
    {
        // A signed header that did not arrive was taken out on the way.
        if (!request.Headers.TryGetValue(name, out var values))
            throw S3Errors.SignatureDoesNotMatch();
        text.Append(name).Append(':');
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0)
                text.Append(',');
            AppendCollapsed(text, values[i].AsSpan().Trim());
        }
        text.Append('\n');
    }

    /// <summary>Inner runs of blanks count as one.</summary>
    private static void AppendCollapsed(StringBuilder text, ReadOnlySpan<char> value)
    {
        var blank = false;
        foreach (var c in value)
        {
            if (c == ' ' && blank)
                continue;
            blank = c == ' ';
            text.Append(c);
        }
    }
}
