using Floe.Emulators.Minio.Objects;

namespace Floe.Emulators.Minio.Multipart;

/// <summary>A part that arrived: its description, and the file that becomes a segment of the object.</summary>
internal sealed record UploadedPart(int Number, StoredObject Description);
