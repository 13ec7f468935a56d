namespace Floe.ServiceDefaults.CommandLine;

/// <summary>An option of a verb.</summary>
/// <param name="Name">With its dashes: <c>--port</c>.</param>
/// <param name="Value">What stands for the value in the help, for example <c>N</c>; null: a switch without a value.</param>
/// <param name="Meaning">For the help: what it does, and the default.</param>
public sealed record Option(string Name, string? Value, string Meaning)
{
    public override string ToString() => Value is null ? Name : $"{Name} {Value}";
}
