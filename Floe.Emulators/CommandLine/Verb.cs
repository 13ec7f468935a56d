using System.Text;
using Floe.ServiceDefaults.CommandLine;

namespace Floe.Emulators.CommandLine;

/// <summary>One service of this executable: how it is called, what its help says, how it runs.</summary>
internal sealed record Verb
{
    public required string Name { get; init; }

    /// <summary>One line for the list of services.</summary>
    public required string Summary { get; init; }

    public required IReadOnlyList<Option> Options { get; init; }

    /// <summary>The help behind the options: environment variables, examples.</summary>
    public required string Details { get; init; }

    /// <summary>Runs the service until the token ends it; the exit code.</summary>
    public required Func<Arguments, CancellationToken, Task<int>> RunAsync { get; init; }

    /// <summary>The verb's own help.</summary>
    public string Help()
    {
        var text = new StringBuilder();
        text.AppendLine($"Floe.Emulators {Name} {string.Join(' ', Options.Select(option => $"[{option}]"))}").AppendLine();
        text.AppendLine($"  {Summary}").AppendLine();
        var width = Options.Max(option => option.ToString().Length);
        foreach (var option in Options)
            text.AppendLine($"  {option.ToString().PadRight(width)}  {option.Meaning.ReplaceLineEndings(Environment.NewLine + new string(' ', width + 4))}");
        text.AppendLine();
        foreach (var line in Details.TrimEnd().Split('\n'))
            text.AppendLine(line.Length == 0 ? "" : "  " + line.TrimEnd('\r'));
        return text.ToString();
    }
}
