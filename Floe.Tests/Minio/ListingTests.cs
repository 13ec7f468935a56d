using System.Text;
using System.Xml.Linq;

namespace Floe.Tests.Minio;

/// <summary>Lists of keys that are hard to order, to group and to write down, against a model of what S3 says, page by page, old and new API.</summary>
public sealed class ListingTests(MinioFixture minio) : IClassFixture<MinioFixture>, IAsyncLifetime
{
    // U+E000 and an emoji change places between UTF-8 and UTF-16; the rest is easily lost in a URL or in XML.
    private static readonly string[] s_pieces = ["a", "b", "A", "é", "\uE000", "😀", "/", "/", "::", "%", "%2F", "+", " ", "&", "<", "'", "=", "\t", "\r\n", "\u0001", "."];
    private readonly RawS3 _s3 = new(minio.Endpoint, minio.AccessKey, minio.SecretKey);
    private string _bucket = "";
    private List<string> _keys = [];

    public async Task InitializeAsync()
    {
        _bucket = await minio.NewBucketAsync();
        var random = new Random(11);
        var keys = new HashSet<string>(["a", "a/", "a//", "a/b", "a/b/c"]);
        while (keys.Count < 70)
            keys.Add(string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => s_pieces[random.Next(s_pieces.Length)])));
        foreach (var key in keys)
            Assert.Equal(200, (int)(await _s3.SendAsync("PUT", $"/{_bucket}/{Path(key)}", "x"u8.ToArray())).Status);
        _keys = [.. keys.OrderBy(Bytes, StringComparer.Ordinal)];
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("", "")]
    [InlineData("", "/")]
    [InlineData("a", "/")]
    [InlineData("a/", "/")]
    [InlineData("", "::")]
    [InlineData("", "é")]
    [InlineData("", "😀")]
    [InlineData("", "%")]
    [InlineData("", " ")]
    [InlineData("é", "")]
    [InlineData("nothing begins so", "/")]
    public async Task Every_page_is_what_the_model_says(string prefix, string delimiter)
    {
        var expected = Model(prefix, delimiter);
        foreach (var size in (int[])[1, 2, 7, 1000])
        {
            Assert.Equal(expected, await NewAsync(prefix, delimiter, size));
            Assert.Equal(expected, await OldAsync(prefix, delimiter, size));
        }
    }

    /// <summary>Entries in order: keys as they are, groups with a mark.</summary>
    private List<string> Model(string prefix, string delimiter)
    {
        List<string> entries = [];
        foreach (var key in _keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var at = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var entry = at < 0 ? key : "group:" + key[..(at + delimiter.Length)];
            if (!entries.Contains(entry))
                entries.Add(entry);
        }

        return entries;
    }

    private async Task<List<string>> NewAsync(string prefix, string delimiter, int size)
    {
        List<string> all = [];
        string? token = null;
        do
        {
            var page = await PageAsync($"delimiter={Encode(delimiter)}&encoding-type=url&list-type=2&max-keys={size}&prefix={Encode(prefix)}{(token is null ? "" : $"&continuation-token={Encode(token)}")}", size, all);
            Assert.Equal(page.Entries.ToString(), page.Document.Element(page.Name("KeyCount"))!.Value);
            token = page.Document.Element(page.Name("NextContinuationToken"))?.Value;
            Assert.Equal(page.Truncated, token is not null);
        }
        while (token is not null);
        return all;
    }

    private async Task<List<string>> OldAsync(string prefix, string delimiter, int size)
    {
        List<string> all = [];
        var marker = "";
        while (true)
        {
            var page = await PageAsync($"delimiter={Encode(delimiter)}&encoding-type=url&marker={Encode(marker)}&max-keys={size}&prefix={Encode(prefix)}", size, all);
            if (!page.Truncated)
                return all;
            // S3 gives NextMarker only with a delimiter; otherwise the last key is the marker.
            marker = page.Document.Element(page.Name("NextMarker")) is { } next ? Decode(next.Value) : all[^1];
        }
    }

    private async Task<(XElement Document, int Entries, bool Truncated, Func<string, XName> Name)> PageAsync(string query, int size, List<string> all)
    {
        var answer = await _s3.SendAsync("GET", $"/{_bucket}?{string.Join('&', query.Split('&').Order(StringComparer.Ordinal))}");
        Assert.True((int)answer.Status == 200, answer.Text);
        var document = XDocument.Parse(answer.Text).Root!;
        var name = (string local) => document.Name.Namespace + local;
        var keys = document.Elements(name("Contents")).Select(c => Decode(c.Element(name("Key"))!.Value)).ToList();
        var groups = document.Elements(name("CommonPrefixes")).Select(c => Decode(c.Element(name("Prefix"))!.Value)).ToList();
        var entries = keys.Select(key => (Text: key, Order: key)).Concat(groups.Select(group => (Text: "group:" + group, Order: group)))
            .OrderBy(entry => Bytes(entry.Order), StringComparer.Ordinal).Select(entry => entry.Text).ToList();
        Assert.InRange(entries.Count, 0, size);
        all.AddRange(entries);
        return (document, entries.Count, document.Element(name("IsTruncated"))!.Value == "true", name);
    }

    private static string Bytes(string key) => Convert.ToHexString(Encoding.UTF8.GetBytes(key));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static string Path(string key) => Encode(key).Replace("%2F", "/", StringComparison.Ordinal);

    /// <summary>As Signature V4 wants it.</summary>
    private static string Encode(string text) =>
        string.Concat(Encoding.UTF8.GetBytes(text).Select(b => char.IsAsciiLetterOrDigit((char)b) || "-_.~".Contains((char)b) ? $"{(char)b}" : $"%{b:X2}"));
}
