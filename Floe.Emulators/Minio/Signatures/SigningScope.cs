using System.Security.Cryptography;
using System.Text;

namespace Floe.Emulators.Minio.Signatures;

/// <summary>The credential scope of Signature V4: <c>{date}/{region}/s3/aws4_request</c>, with the key derived for it.</summary>
internal sealed class SigningScope(string secretKey, string date, string region)
{
    private readonly byte[] _key = Derive(secretKey, date, region);

    public string Date { get; } = date;

    public string Region { get; } = region;

    public string Text { get; } = $"{date}/{region}/s3/aws4_request";

    /// <summary>HMAC-SHA256 of a string to sign.</summary>
    public void Sign(ReadOnlySpan<byte> stringToSign, Span<byte> signature) => HMACSHA256.HashData(_key, stringToSign, signature);

    private static byte[] Derive(string secretKey, string date, string region)
    {
        Span<byte> key = stackalloc byte[32];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secretKey), Encoding.UTF8.GetBytes(date), key);
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(region), key);
        HMACSHA256.HashData(key, "s3"u8, key);
        return HMACSHA256.HashData(key, "aws4_request"u8);
    }
}
