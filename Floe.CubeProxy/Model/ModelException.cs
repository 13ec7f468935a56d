namespace Floe.CubeProxy.Model;

/// <summary>The model cannot be used. The message starts with <c>file:line:</c> and says what to change.</summary>
public sealed class ModelException(SourcePlace place, string message, Exception? inner = null)
    : Exception($"{place}: {message}", inner)
{
    public SourcePlace Place { get; } = place;
}
