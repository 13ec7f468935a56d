using System.Text.Json.Nodes;
using Floe.AppHost.Deployment;
using Floe.AppHost.Tools;

namespace Floe.Tests.Deployment;

/// <summary>A helm and a kubectl that write down how they are called and answer from files.</summary>
internal sealed class ScriptedTools : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-tools-").FullName;

    public ScriptedTools()
    {
        Write("helm", """
            echo "$*" >> "$0.calls"
            case "$1" in
              upgrade) if [ -f "$0.refuses" ]; then cat "$0.refuses" >&2; exit 1; fi; echo "{\"name\":\"x\",\"version\":$(cat "$0.revision" 2> /dev/null || echo 7)}";;
            esac
            """);
        // Each look shows the next state; the last one stays.
        Write("kubectl", """
            case "$1" in
              get) echo "$*" >> "$0.calls"
                   n=$(cat "$0.n"); [ -f "$0.state.$((n + 1))" ] && echo $((n + 1)) > "$0.n"
                   cat "$0.state.$n";;
              logs) echo "cannot reach polaris";;
            esac
            """);
    }

    /// <summary>What kubectl shows from now on, look by look.</summary>
    public void Shows(params JsonArray[] states)
    {
        foreach (var old in Directory.EnumerateFiles(_folder, "kubectl.state.*"))
            File.Delete(old);
        for (var i = 0; i < states.Length; i++)
            File.WriteAllText(Path.Combine(_folder, $"kubectl.state.{i}"), new JsonObject { ["items"] = states[i] }.ToJsonString());
        File.WriteAllText(Path.Combine(_folder, "kubectl.n"), "0");
    }

    public void HelmRefuses(string words) => File.WriteAllText(Path.Combine(_folder, "helm.refuses"), words);

    /// <summary>The number that helm gives the next deployments; 7 when nobody says.</summary>
    public void HelmCounts(int revision) => File.WriteAllText(Path.Combine(_folder, "helm.revision"), $"{revision}");

    /// <summary>The arguments of a tool's calls, in order.</summary>
    public IReadOnlyList<string> Calls(string tool) => File.ReadAllLines(Path.Combine(_folder, $"{tool}.calls"));

    public DeploymentRecords Records() => DeploymentRecords.Load(Path.Combine(_folder, "records"), "test");

    public Deployer Deployer(TimeSpan? timeout = null) => new(
        new(Path.Combine(_folder, "helm"), "test"), new(Path.Combine(_folder, "kubectl"), "test"), Records(), TimeProvider.System, Path.Combine(_folder, "charts"), "1.0.0",
        timeout ?? TimeSpan.FromMinutes(2), TimeSpan.FromMilliseconds(10));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string tool, string script) => ScriptedProgram.Make(Path.Combine(_folder, tool), script);
}
