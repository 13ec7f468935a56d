using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Floe.Tests.Cube;

/// <summary>Makes tokens, valid and not.</summary>
internal static class Tokens
{
    public const string ValidPayload = """{"iat":1760000000,"exp":1900000000}""";

    public static string Valid { get; } = Sign(ValidPayload);

    public static string Sign(string payload, string secret = RunningCube.Secret, string header = """{"alg":"HS256","typ":"JWT"}""")
    {
        var content = $"{Encode(header)}.{Encode(payload)}";
        return $"{content}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(content)))}";
    }

    public static string SignRsa(string payload, RSA key, string? keyId)
    {
        var content = $"{Encode(keyId is null ? """{"alg":"RS256"}""" : $$"""{"alg":"RS256","kid":"{{keyId}}"}""")}.{Encode(payload)}";
        return $"{content}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
