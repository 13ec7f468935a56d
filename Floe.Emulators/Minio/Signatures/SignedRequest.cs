namespace Floe.Emulators.Minio.Signatures;

/// <summary>A request whose signature holds: what the chunks of its body are chained to.</summary>
/// <param name="Scope">Scope and derived key.</param>
/// <param name="Timestamp">The request's time as signed, <c>yyyyMMddTHHmmssZ</c>.</param>
/// <param name="Signature">The request's signature: the seed of the chunk chain.</param>
/// <param name="PayloadHash">The x-amz-content-sha256 line as signed.</param>
internal sealed record SignedRequest(SigningScope Scope, string Timestamp, byte[] Signature, string PayloadHash);
