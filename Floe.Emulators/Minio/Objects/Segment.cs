namespace Floe.Emulators.Minio.Objects;

/// <summary>A piece of an object's content: the first <paramref name="Length"/> bytes of a part file in the upload's folder.</summary>
internal sealed record Segment(string File, long Length, int PartNumber);
