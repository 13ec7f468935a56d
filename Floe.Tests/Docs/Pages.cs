using System.Text.RegularExpressions;

namespace Floe.Tests.Docs;

/// <summary>The pages of this repository, and what they name.</summary>
internal static partial class Pages
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All pages by path below the root, with their text.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = Files("*.md").ToDictionary(f => f, f => File.ReadAllText(Path.Combine(Root, f)));

    /// <summary>Text of what the product is made of: programs, scripts, charts; no tests, no pages.</summary>
    public static string Product { get; } = string.Join('\n', new[] { "*.cs", "*.sh", "*.mjs", "*.js", "*.yaml", "*.yml", "*.props", "*.targets", "*.proj", "*.csproj", "Makefile", "run" }
        .SelectMany(Files).Where(f => !f.StartsWith("Floe.Tests/", StringComparison.Ordinal)).Select(f => File.ReadAllText(Path.Combine(Root, f))));

    /// <summary>Text of the tests.</summary>
    public static string Tests { get; } = string.Join('\n', Files("*.cs").Where(f => f.StartsWith("Floe.Tests/", StringComparison.Ordinal)).Select(f => File.ReadAllText(Path.Combine(Root, f))));

    /// <summary>Targets of relative links and images.</summary>
    public static IEnumerable<string> Links(string text) =>
        Link().Matches(Fence().Replace(text, "")).Select(m => m.Groups[1].Value).Where(l => !l.Contains("://", StringComparison.Ordinal) && !l.StartsWith("mailto:", StringComparison.Ordinal));

    /// <summary>Anchors of a page's headings, as GitHub makes them.</summary>
    public static IEnumerable<string> Anchors(string text) =>
        Heading().Matches(Fence().Replace(text, "")).Select(m => NotInAnchors().Replace(m.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>What stands in code: blocks, and spans in the text.</summary>
    public static IEnumerable<string> Code(string text) =>
        Fence().Matches(text).Select(m => m.Value).Concat(Span().Matches(Fence().Replace(text, "")).Select(m => m.Groups[1].Value));

    /// <summary>Files and folders of the repository that a piece of code names.</summary>
    public static IEnumerable<string> Paths(string code) => RepositoryPath().Matches(code).Select(m => m.Groups[1].Value.TrimEnd('.', ','));

    private static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Root, pattern, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')).Where(f => !NotOurs().IsMatch(f));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Floe.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"No Floe.sln above {AppContext.BaseDirectory}.");
        return folder;
    }

    [GeneratedRegex(@"(^|/)(bin|obj|node_modules|TestResults|\.floe|\.git|out)/|^charts/[^/]+/charts/")]
    private static partial Regex NotOurs();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"!?\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6}\s+(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"(?<![\w/.:~-])((?:build|bench|charts|docs|examples|standins|\.ci|Floe\.[A-Z]\w+)(?:/[\w.-]+)+|Floe\.[A-Z]\w+(?= --| -v|$))(?![\w/*<]|\.\w)")]
    private static partial Regex RepositoryPath();
}
