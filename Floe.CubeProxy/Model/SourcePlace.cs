namespace Floe.CubeProxy.Model;

/// <summary>Where in the model folder something was written: file relative to the folder, line counted from 1.</summary>
public readonly record struct SourcePlace(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}
