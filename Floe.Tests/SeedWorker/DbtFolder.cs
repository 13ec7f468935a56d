using Floe.SeedWorker.Transform.Project;

namespace Floe.Tests.SeedWorker;

/// <summary>A dbt project in a temporary folder.</summary>
internal sealed class DbtFolder : IDisposable
{
    /// <summary>The project that the worker runs.</summary>
    public static string Shipped => Path.Combine(AppContext.BaseDirectory, "dbt");

    public DbtFolder(params (string File, string Text)[] files)
    {
        Write("dbt_project.yml", """
            name: probe
            version: "1.0.0"
            profile: floe
            vars:
              limit: 3
            models:
              probe:
                tables:
                  +materialized: table
            """);
        Write("models/sources.yml", """
            version: 2
            sources:
              - name: raw
                tables:
                  - name: numbers
            """);
        foreach (var (file, text) in files)
            Write(file, text);
    }

    /// <summary>A copy of the project that the worker runs, to be changed.</summary>
    public static DbtFolder CopyOfShipped()
    {
        var folder = new DbtFolder();
        Directory.Delete(folder.Root, recursive: true);
        foreach (var file in Directory.EnumerateFiles(Shipped, "*", SearchOption.AllDirectories))
            folder.Write(Path.GetRelativePath(Shipped, file), File.ReadAllText(file));
        return folder;
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("floe-dbt-").FullName;

    public void Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public DbtProject Load() => DbtProject.Load(Root);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
