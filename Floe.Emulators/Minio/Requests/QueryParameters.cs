using System.Globalization;
using Floe.Emulators.Minio.Errors;

namespace Floe.Emulators.Minio.Requests;

/// <summary>The decoded query of a request. A flag may come as <c>?uploads</c> or <c>?uploads=</c>; names are case-sensitive.</summary>
internal sealed class QueryParameters
{
    private readonly List<(string Name, string Value)> _all = [];

    /// <summary>In the order sent, repeated names included.</summary>
    public IReadOnlyList<(string Name, string Value)> All => _all;

    /// <exception cref="S3Exception">400 InvalidURI.</exception>
    public static QueryParameters Parse(ReadOnlySpan<char> query)
    {
        var parameters = new QueryParameters();
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            if (!UriEncoding.TryDecode(name, plusIsSpace: true, out var decodedName) || !UriEncoding.TryDecode(value, plusIsSpace: true, out var decodedValue))
                throw S3Errors.InvalidUri();
            parameters._all.Add((decodedName, decodedValue));
        }
        return parameters;
    }

    public bool Has(string name) => this[name] is not null;

    /// <summary>The first value, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (candidate, value) in _all)
            {
                if (candidate == name)
                    return value;
            }
            return null;
        }
    }

    /// <summary>A whole number in a range, or the default when absent or empty.</summary>
    /// <exception cref="S3Exception">400 InvalidArgument.</exception>
    public int Number(string name, int absent, int minimum, int maximum)
    {
        if (this[name] is not { Length: > 0 } text)
            return absent;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value < minimum || value > maximum)
            throw S3Errors.InvalidArgument($"{name} must be a whole number from {minimum} to {maximum}.", name, text);
        return value;
    }
}
