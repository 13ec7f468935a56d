namespace Floe.CubeProxy.Model;

/// <summary>Where in the model folder something was written: file relative to the folder, line counted from 1.</summary>
public readonly record struct SourcePlace(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>The model cannot be used. The message starts with <c>file:line:</c> and says what to change.</summary>
public sealed class ModelException(SourcePlace place, string message, Exception? inner = null)
    : Exception($"{place}: {message}", inner)
{
    public SourcePlace Place { get; } = place;
}
