namespace Floe.Emulators.Minio.Checksums;

/// <summary>A digest that is fed piece by piece. Values are big-endian bytes, as S3 sends them in base64.</summary>
internal abstract class Checksum : IDisposable
{
    public abstract void Append(ReadOnlySpan<byte> data);

    /// <summary>The value of everything appended. Ends the computation.</summary>
    public abstract byte[] Finish();

    public virtual void Dispose()
    {
    }
}
