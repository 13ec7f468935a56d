using Floe.Emulators.Minio.Objects;

namespace Floe.Emulators.Minio.Listing;

/// <summary>One page of a listing: objects and common prefixes, together at most the asked number, in key order.</summary>
/// <param name="Objects">Keys that have no delimiter after the prefix.</param>
/// <param name="CommonPrefixes">Groups of the others.</param>
/// <param name="Truncated">There is more.</param>
/// <param name="Last">The last key or group on the page: where the next one begins.</param>
internal sealed record Page(IReadOnlyList<StoredObject> Objects, IReadOnlyList<string> CommonPrefixes, bool Truncated, string Last)
{
    /// <summary>Collects a page; groups are skipped by search, not key by key.</summary>
    public static Page Of(ObjectIndex index, string prefix, string delimiter, string after, int limit)
    {
        List<StoredObject> objects = [];
        List<string> groups = [];
        var truncated = false;
        var last = "";
        if (limit > 0)
        {
            index.Visit(prefix, after, stored =>
            {
                var key = stored.Key.Text;
                var at = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
                var group = at < 0 ? null : key[..(at + delimiter.Length)];
                // The page before ended with this group.
                if (group is not null && group == after)
                    return Walk.Past(group);
                if (objects.Count + groups.Count == limit)
                {
                    truncated = true;
                    return Walk.End;
                }
                last = group ?? key;
                if (group is null)
                {
                    objects.Add(stored);
                    return Walk.On;
                }
                groups.Add(group);
                return Walk.Past(group);
            });
        }
        return new Page(objects, groups, truncated, last);
    }
}
