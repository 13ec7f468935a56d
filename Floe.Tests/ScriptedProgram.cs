using Floe.Tests.Clients;

namespace Floe.Tests;

/// <summary>A program that is a shell script of a test.</summary>
internal static class ScriptedProgram
{
    /// <summary>
    /// Makes it: a link to a program that was there before, which reads the script. One that this process has just written cannot be executed while a child, which
    /// another test is just starting, still has it open for writing ("Text file busy").
    /// </summary>
    public static void Make(string path, string script)
    {
        File.WriteAllText($"{path}.script", script.ReplaceLineEndings("\n") + "\n");
        File.CreateSymbolicLink(path, NodeScript.PathOf("scripted-program.sh"));
    }
}
