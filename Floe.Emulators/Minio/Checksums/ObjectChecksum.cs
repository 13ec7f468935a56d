using Microsoft.AspNetCore.Http;

namespace Floe.Emulators.Minio.Checksums;

/// <summary>A verified checksum as it is kept and sent.</summary>
/// <param name="Algorithm">Which one.</param>
/// <param name="Value">Base64; with <c>-{parts}</c> when it is composed of the parts' values.</param>
/// <param name="Composite">The value is over the parts' values, not over the content.</param>
internal sealed record ObjectChecksum(ChecksumAlgorithm Algorithm, string Value, bool Composite)
{
    /// <summary><c>COMPOSITE</c> or <c>FULL_OBJECT</c>.</summary>
    public string Type => Composite ? "COMPOSITE" : "FULL_OBJECT";

    public static ObjectChecksum? Of(ChecksumAlgorithm? algorithm, byte[]? value) =>
        algorithm is null || value is null ? null : new ObjectChecksum(algorithm, Convert.ToBase64String(value), Composite: false);

    public void WriteTo(IHeaderDictionary headers)
    {
        headers[Algorithm.Header] = Value;
        headers["x-amz-checksum-type"] = Type;
    }
}
