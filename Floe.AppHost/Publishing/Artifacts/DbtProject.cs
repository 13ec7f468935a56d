using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Floe.AppHost.Publishing.Values;

namespace Floe.AppHost.Publishing.Artifacts;

/// <summary>What the artifacts take from a dbt project: its models with what they read, and its profiles.</summary>
public sealed partial class DbtProject
{
    private DbtProject(IReadOnlyList<TransformModel> models, JsonObject profiles, string hash) => (Models, Profiles, SourceHash) = (models, profiles, hash);

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<TransformModel> Models { get; }

    /// <summary>The content of profiles.yml; empty without one.</summary>
    public JsonObject Profiles { get; }

    /// <summary><c>sha256:</c> over the names and texts of all models and the profiles.</summary>
    public string SourceHash { get; }

    /// <summary>Reads a project's folder.</summary>
    /// <exception cref="DistributedApplicationException">There are no models.</exception>
    public static DbtProject Load(string folder)
    {
        var models = Path.Combine(folder, "models");
        if (!Directory.Exists(models))
            throw new DistributedApplicationException($"The dbt project '{folder}' has no folder models; it is read to compile the artifacts.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        List<TransformModel> found = [];
        foreach (var file in Directory.EnumerateFiles(models, "*.sql", SearchOption.AllDirectories).OrderBy(f => Path.GetRelativePath(models, f), StringComparer.Ordinal))
        {
            var sql = File.ReadAllText(file).ReplaceLineEndings("\n");
            var relative = Path.GetRelativePath(models, file).Replace('\\', '/');
            hash.AppendData(Encoding.UTF8.GetBytes($"{relative}\n{sql}\n"));
            found.Add(new(Path.GetFileNameWithoutExtension(file), Tier(relative), [.. References(sql)]));
        }
        var profilesFile = Path.Combine(folder, "profiles.yml");
        var profiles = File.Exists(profilesFile) ? Yaml.Read(profilesFile, File.ReadAllText(profilesFile)) : [];
        hash.AppendData(Encoding.UTF8.GetBytes(Yaml.Write(profiles)));
        return new([.. found.OrderBy(m => m.Name, StringComparer.Ordinal)], profiles, $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }

    // dbt's own names for the layers.
    private static string Tier(string path) => path.Split('/')[0] switch { "staging" => "bronze", "intermediate" => "silver", _ => "gold" };

    private static IEnumerable<string> References(string sql) => Reference().Matches(sql)
        .Select(m => m.Groups["source"].Success ? $"{m.Groups["source"].Value}.{m.Groups["table"].Value}" : m.Groups["model"].Value)
        .Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("""\bref\(\s*['"](?<model>\w+)['"]\s*\)|\bsource\(\s*['"](?<source>\w+)['"]\s*,\s*['"](?<table>\w+)['"]\s*\)""")]
    private static partial Regex Reference();
}
