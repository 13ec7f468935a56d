namespace Floe.Tests.Preflight;

/// <summary>A kubectl that answers as one does that speaks with a cluster in a given state: where there is no cluster, its words are what can be tested.</summary>
internal sealed class ScriptedCluster : IDisposable
{
    public ScriptedCluster(string folder, string state = "good")
    {
        if (state == "missing")
        {
            Kubectl = Path.Combine(folder, "kubectl-that-is-not-there");
            return;
        }
        Kubectl = Path.Combine(folder, $"kubectl-{state.Replace(' ', '-')}");
        var (minor, memory) = (state == "old" ? "20+" : "31", state == "small" ? "2097152Ki" : "8388608Ki");
        ScriptedProgram.Make(Kubectl, $$$$"""
            case "{{{{state}}}} $1 $2" in
              "no context config current-context") echo "error: current-context is not set" >&2; exit 1;;
              *" config current-context") echo test;;
              "down version"*) echo '{"clientVersion":{"minor":"31"}}'; echo "connection refused" >&2; exit 1;;
              *" version"*) echo '{"serverVersion":{"major":"1","minor":"{{{{minor}}}}"}}';;
              "forbidden get nodes") echo "Error from server (Forbidden): nodes is forbidden" >&2; exit 1;;
              *" get nodes") echo '{"items":[{"status":{"allocatable":{"memory":"{{{{memory}}}}"}}}]}';;
              *) echo "unexpected: $*" >&2; exit 9;;
            esac
            """);
    }

    /// <summary>Path of the program.</summary>
    public string Kubectl { get; }

    public void Dispose() => File.Delete(Kubectl);
}
