using System.Reflection;

namespace Floe.Tests.Clients;

/// <summary>Clients from npm: scripts of this project (<c>*.mjs</c>) over the repository's node_modules.</summary>
internal static class NodeScript
{
    private static readonly Dictionary<string, string?> s_nothing = [];

    /// <summary>The repository's node_modules.</summary>
    public static string Modules { get; } =
        typeof(NodeScript).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "NativePartsRoot").Value!;

    /// <summary>Skips the test, loudly, when a package that it needs is not installed.</summary>
    public static void Need(string package) =>
        Skip.IfNot(Directory.Exists(Path.Combine(Modules, package)), $"The npm package {package} is not installed below {Modules}: run npm ci.");

    /// <summary>A script's path, given by its path below Floe.Tests.</summary>
    public static string PathOf(string script) => Path.GetFullPath(Path.Combine(Modules, "..", "Floe.Tests", script));

    /// <summary>Runs a script, given by its path below Floe.Tests, and returns what it prints.</summary>
    public static Task<string> RunAsync(string script, IReadOnlyDictionary<string, string?>? environment = null, params string[] arguments) =>
        ClientProgram.RunAsync("node", environment ?? s_nothing, [PathOf(script), .. arguments]);
}
