using System.Reflection;
using System.Text.RegularExpressions;
using Floe.ServiceDefaults.Configuration;
using Xunit;

namespace Floe.Tests.Docs;

/// <summary>What the pages name is there. Whether what they say of it is true is for readers.</summary>
public sealed partial class DocsTests
{
    // ASP.NET's own, and a setting that a page shows as a wrong one.
    private static readonly HashSet<string> s_others = ["ASPNETCORE_URLS", "Floe:Colour"];

    [Fact]
    public void Links_lead_somewhere()
    {
        var wrong = new List<string>();
        foreach (var (page, text) in Pages.All)
        {
            foreach (var link in Pages.Links(text))
            {
                var (path, anchor) = link.Split('#', 2) is [var p, var a] ? (p, a) : (link, null);
                var target = path.Length == 0 ? page : Path.GetRelativePath(Pages.Root, Path.Combine(Pages.Root, Path.GetDirectoryName(page)!, Uri.UnescapeDataString(path))).Replace('\\', '/');
                var full = Path.Combine(Pages.Root, target);
                if (!File.Exists(full) && !Directory.Exists(full))
                    wrong.Add($"{page}: {link} is not there");
                else if (anchor is not null && (!Pages.All.TryGetValue(target, out var other) || !Pages.Anchors(other).Contains(anchor)))
                    wrong.Add($"{page}: {link} is no heading of {target}");
            }
        }

        Nothing(wrong);
    }

    [Fact]
    public void Paths_in_commands_exist() => Nothing(
        from page in Pages.All
        from code in Pages.Code(page.Value)
        from path in Pages.Paths(code)
        where !Path.Exists(Path.Combine(Pages.Root, path)) && !Path.Exists(Path.Combine(Pages.Root, Path.GetDirectoryName(page.Key)!, path))
        select $"{page.Key}: {path} is not there");

    [Fact]
    public void Targets_of_make_and_verbs_of_programs_exist()
    {
        var makefile = File.ReadAllText(Path.Combine(Pages.Root, "Makefile"));
        Nothing(
            from page in Pages.All
            from code in Pages.Code(page.Value)
            from command in Command().Matches(code)
            let known = command.Groups["make"].Success
                ? Regex.IsMatch(makefile, $@"^[\w -]*(?<![\w-]){Regex.Escape(command.Groups["make"].Value)}(?![\w-])[\w -]*:", RegexOptions.Multiline)
                : Pages.Product.Contains($"\"{command.Groups["verb"].Value}\"", StringComparison.Ordinal)
            where !known
            select $"{page.Key}: {command.Value} is not there");
    }

    [Fact]
    public void Suites_areas_and_tests_that_pages_name_exist()
    {
        var wrong = new List<string>();
        foreach (var (page, text) in Pages.All)
        {
            foreach (Match suite in Suite().Matches(text))
            {
                if (!File.Exists(Path.Combine(Pages.Root, "Floe.Tests", "Suites", suite.Groups[1].Value + ".runsettings")))
                    wrong.Add($"{page}: {suite.Value} is no suite");
            }

            foreach (var name in Filter().Matches(text).Select(m => m.Groups[1].Value).Where(n => !Pages.Tests.Contains(n.Split('.')[^1], StringComparison.Ordinal)))
                wrong.Add($"{page}: no test has '{name}' in its name");
            foreach (var test in Pages.Code(text).SelectMany(c => Test().Matches(c)).Where(t => !IsTest(t)))
                wrong.Add($"{page}: {test.Value} is no test");
        }

        Nothing(wrong);
    }

    [Fact]
    public void Settings_and_variables_that_pages_name_are_read()
    {
        var options = new[] { typeof(global::Floe.SeedWorker.Jobs.RunStore), typeof(global::Floe.CubeProxy.Serving.CubeSettings), typeof(global::Floe.Lakehouse.LakehouseOptions), typeof(IValidatableOptions), typeof(global::Floe.AppHost.Settings.FloeSettings) }
            .SelectMany(t => t.Assembly.GetTypes())
            .Select(t => (Type: t, Section: (t.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static) ?? t.GetField("Name", BindingFlags.NonPublic | BindingFlags.Static))?.GetRawConstantValue() as string))
            .Where(o => o.Section is not null && o.Type.Name.EndsWith("ptions", StringComparison.Ordinal) | o.Type.Name.EndsWith("Settings", StringComparison.Ordinal))
            .ToLookup(o => o.Section!.Replace("Floe:", "", StringComparison.Ordinal), o => o.Type);
        Assert.True(options.Count > 10);
        var wrong = new List<string>();
        foreach (var (page, text) in Pages.All)
        {
            foreach (var code in Pages.Code(text))
            {
                foreach (var setting in Setting().Matches(code).Where(m => !s_others.Contains(m.Value)))
                {
                    var names = setting.Value.Replace("__", ":", StringComparison.Ordinal).Split(':');
                    var (section, key) = (names[^2], names[^1]);
                    if (options.Contains(section) && !options[section].Any(t => t.GetProperty(key, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance) is not null || IsRead(key)))
                        wrong.Add($"{page}: {setting.Value} is no setting");
                }

                foreach (var variable in Variable().Matches(code).Select(m => m.Value).Where(v => !s_others.Contains(v) && !IsRead(v) && !code.Contains(v + "=", StringComparison.Ordinal)))
                    wrong.Add($"{page}: nothing reads {variable}");
            }
        }

        Nothing(wrong);
    }

    // All of them at once: a page that moved breaks many.
    private static void Nothing(IEnumerable<string> wrong) => Assert.True(!wrong.Any(), string.Join('\n', wrong));

    private static bool IsTest(Match test) =>
        Pages.Tests.Contains($"class {test.Groups["class"].Value}(", StringComparison.Ordinal) | Regex.IsMatch(Pages.Tests, $@"class {test.Groups["class"].Value}\b")
        && (!test.Groups["method"].Success || Regex.IsMatch(Pages.Tests, $@"\b{test.Groups["method"].Value}\("));

    private static bool IsRead(string name) => Regex.IsMatch(Pages.Product, $@"(?<![A-Za-z0-9_]){Regex.Escape(name)}(?![A-Za-z0-9_])");

    [GeneratedRegex(@"(?<![\w-])make (?<make>[a-z][\w-]+)|--project Floe\.\w+ -- (?<verb>[a-z]+)(?= |$|\n)|aspire do (?<verb>[a-z][\w-]+)")]
    private static partial Regex Command();

    [GeneratedRegex(@"-p:Suite=(\w+)")]
    private static partial Regex Suite();

    [GeneratedRegex(@"FullyQualifiedName~([\w.]+)")]
    private static partial Regex Filter();

    [GeneratedRegex(@"(?<![\w.~/])(?<class>[A-Z][A-Za-z]+Tests)(?:\.(?<method>[A-Z]\w+))?(?![\w/])")]
    private static partial Regex Test();

    [GeneratedRegex(@"(?<![\w:.])(?:Floe(?::|__))?[A-Z][A-Za-z]+(?::|__)[A-Z][A-Za-z]+(?![\w:.])")]
    private static partial Regex Setting();

    [GeneratedRegex(@"(?<![\w$<-])[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+(?![\w.])")]
    private static partial Regex Variable();
}
