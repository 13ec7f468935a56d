namespace Floe.Emulators.Minio.Signatures;

/// <summary>Which of the aws-chunked forms a body has.</summary>
/// <param name="Signed">Each chunk carries a signature chained to the one before.</param>
/// <param name="Trailer">Headers follow the last chunk.</param>
internal sealed record ChunkChecks(bool Signed, bool Trailer);
