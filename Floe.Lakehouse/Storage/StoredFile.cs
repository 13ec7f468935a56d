namespace Floe.Lakehouse.Storage;

/// <summary>A stored file.</summary>
/// <param name="Location">Full location.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LastModified">When it was last written.</param>
public sealed record StoredFile(string Location, long Size, DateTimeOffset LastModified);
