using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Floe.CubeProxy.Page;

/// <summary>The page with all that it needs, from the assembly. Its parts stand below <c>/page/{version}/</c>, where the version is a digest of them all, so that browsers keep them for good.</summary>
internal sealed class PageFiles
{
    // In the page's text, where the version goes.
    private const string VersionMark = "{version}";

    // Scripts in the order in which they need each other; each puts one name into the global scope.
    private static readonly string[] _libraries = ["dayjs.min.js", "quarterOfYear.js", "duration.js", "isoWeek.js", "ramda.min.js", "globals.js", "cubejs-client-core.umd.js", "chart.umd.min.js"];

    private static readonly string[] _licenses = ["chart.js", "cubejs-client-core", "dayjs", "ramda", "inter"];

    private static readonly string[] _parts = ["page.css", "theme.js", "app.js", "access.js", "charts.js", "explorer.js", "format.js", "freshness.js", "shop.js", "dom.js", "icon.svg", "inter.woff2"];

    private readonly FrozenDictionary<string, PageFile> _files;

    public PageFiles()
    {
        var contents = _parts.ToDictionary(name => name, Read);
        contents["libraries.js"] = Join(_libraries.Select(name => ("", name)), ";\n");
        contents["licenses.txt"] = Join(_licenses.Select(name => ($"{name}\n{new string('-', name.Length)}\n", $"license-{name}")), "\n\n");
        var version = Convert.ToHexStringLower(SHA256.HashData(contents.OrderBy(part => part.Key, StringComparer.Ordinal).SelectMany(part => SHA256.HashData(part.Value)).ToArray()).AsSpan(0, 8));
        _files = contents.ToFrozenDictionary(part => $"{version}/{part.Key}", part => new PageFile(ContentTypeOf(part.Key), part.Value), StringComparer.Ordinal);
        Index = new PageFile("text/html; charset=utf-8", Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Read("index.html")).Replace(VersionMark, version, StringComparison.Ordinal)));
    }

    public PageFile Index { get; }

    /// <param name="path">The version, a slash and the name.</param>
    public PageFile? Find(string path) => _files.GetValueOrDefault(path);

    private static byte[] Read(string name)
    {
        using var resource = typeof(PageFiles).Assembly.GetManifestResourceStream($"page/{name}")
            ?? throw new InvalidOperationException($"The page's file {name} is not in the assembly; build Floe.CubeProxy by its project file.");
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }

    private static byte[] Join(IEnumerable<(string Head, string Name)> parts, string separator)
    {
        using var all = new MemoryStream();
        foreach (var (head, name) in parts)
        {
            all.Write(Encoding.UTF8.GetBytes(head));
            all.Write(Read(name));
            all.Write(Encoding.UTF8.GetBytes(separator));
        }
        return all.ToArray();
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    };
}
