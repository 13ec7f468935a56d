namespace Floe.Emulators.Minio.Objects;

/// <summary>How a walk over the index goes on.</summary>
internal readonly record struct Walk(bool Ended, string? PastPrefix)
{
    /// <summary>Ends the walk.</summary>
    public static readonly Walk End = new(true, null);

    /// <summary>On to the next key.</summary>
    public static readonly Walk On = new(false, null);

    /// <summary>On to the first key that does not begin with the prefix.</summary>
    public static Walk Past(string prefix) => new(false, prefix);
}
