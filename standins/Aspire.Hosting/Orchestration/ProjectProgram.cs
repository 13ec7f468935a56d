using System.Xml;
using System.Xml.Linq;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.ProjectModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// The built program of a project: <c>bin/{configuration}/{framework}/{assembly}.dll</c> with the configuration and framework
/// that the AppHost itself was built with. Starting it is quicker by seconds than asking MSBuild where it is.
/// </summary>
internal sealed class ProjectProgram
{
    private readonly string? _configuration;
    private readonly string? _framework;

    public ProjectProgram() : this(AppContext.BaseDirectory) { }

    internal ProjectProgram(string ownFolder)
    {
        var folder = new DirectoryInfo(ownFolder.TrimEnd(Path.DirectorySeparatorChar));
        if (folder.Parent?.Parent?.Name == "bin") (_framework, _configuration) = (folder.Name, folder.Parent.Name);
    }

    /// <exception cref="DistributedApplicationException">The project is not built.</exception>
    public (string Program, string Folder, IReadOnlyList<string> Arguments) Find(ProjectResource resource)
    {
        var project = resource.Annotations.OfType<IProjectMetadata>().LastOrDefault()?.ProjectPath
            ?? throw new DistributedApplicationException($"The project resource '{resource.Name}' names no project; add it with AddProject.");
        var folder = Path.GetDirectoryName(project)!;
        var dll = $"{AssemblyName(project)}.dll";
        List<string> arguments = [Candidates(folder, dll).FirstOrDefault(File.Exists) ?? throw NotBuilt(resource, project, dll)];
        if (resource.Annotations.OfType<LaunchProfileAnnotation>().LastOrDefault()?.Profile.CommandLineArgs is { Length: > 0 } line) arguments.AddRange(CommandLine.Split(line));
        return (DotnetHost(), folder, arguments);
    }

    private IEnumerable<string> Candidates(string folder, string dll)
    {
        if (_configuration is not null)
        {
            yield return Path.Combine(folder, "bin", _configuration, _framework!, dll);
            yield break;
        }

        foreach (var configuration in (string[])["Debug", "Release"])
        {
            var output = Path.Combine(folder, "bin", configuration);
            if (!Directory.Exists(output)) continue;
            foreach (var framework in Directory.GetDirectories(output)) yield return Path.Combine(framework, dll);
        }
    }

    private DistributedApplicationException NotBuilt(ProjectResource resource, string project, string dll) =>
        new($"The project of resource '{resource.Name}' is not built: bin/{_configuration ?? "Debug"}/{_framework ?? "*"}/{dll} is missing beside '{project}'. Run 'dotnet build \"{project}\"{(_configuration is null or "Debug" ? "" : $" -c {_configuration}")}' and start again.");

    private static string AssemblyName(string project)
    {
        try
        {
            return XDocument.Load(project).Descendants().FirstOrDefault(e => e.Name.LocalName == "AssemblyName")?.Value is { Length: > 0 } name && !name.Contains('$')
                ? name
                : Path.GetFileNameWithoutExtension(project);
        }
        catch (XmlException exception)
        {
            throw new DistributedApplicationException($"The project file '{project}' is no valid XML ({exception.Message}).", exception);
        }
    }

    // The one that runs this process, so that both use the same runtime.
    private static string DotnetHost() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host && File.Exists(host) ? host
        : Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own
        : "dotnet";
}

/// <summary>Splits the arguments of a launch profile.</summary>
internal static class CommandLine
{
    /// <summary>Blanks separate, double quotes keep together, a backslash keeps a quote.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        var arguments = new List<string>();
        var current = new System.Text.StringBuilder();
        var (quoted, any) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && i + 1 < line.Length && line[i + 1] == '"')
            {
                current.Append(line[++i]);
            }
            else if (c == '"')
            {
                (quoted, any) = (!quoted, true);
            }
            else if (char.IsWhiteSpace(c) && !quoted)
            {
                if (current.Length > 0 || any) arguments.Add(current.ToString());
                current.Clear();
                any = false;
            }
            else
            {
                current.Append(c);
            }
        }

        if (current.Length > 0 || any) arguments.Add(current.ToString());
        return arguments;
    }
}
