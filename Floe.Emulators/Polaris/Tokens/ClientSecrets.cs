using System.Security.Cryptography;
using System.Text;
using Floe.Emulators.Polaris.Store;

namespace Floe.Emulators.Polaris.Tokens;

/// <summary>Client ids and secrets: made here, shown once, kept as salted hashes.</summary>
internal static class ClientSecrets
{
    private const int Iterations = 10_000;

    private static readonly SecretRecord s_nobody = Seal("0000000000000000", "", 0);

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public static string NewClientId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public static SecretRecord Seal(string clientId, string secret, long principalId)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return new(clientId, principalId, salt, Hash(secret, salt), null);
    }

    /// <summary>A new secret beside the one before it, which stays valid until the next rotation.</summary>
    public static SecretRecord Rotate(SecretRecord current, string secret) =>
        current with { MainHash = Hash(secret, current.Salt), SecondaryHash = current.MainHash };

    /// <summary>Takes the same time whether the client is unknown or its secret wrong.</summary>
    public static bool Verify(SecretRecord? record, string secret)
    {
        var against = record ?? s_nobody;
        var hash = Hash(secret, against.Salt);
        var matches = CryptographicOperations.FixedTimeEquals(hash, against.MainHash)
            | (against.SecondaryHash is { } secondary && CryptographicOperations.FixedTimeEquals(hash, secondary));
        return record is not null && matches;
    }

    private static byte[] Hash(string secret, byte[] salt) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), salt, Iterations, HashAlgorithmName.SHA256, 32);
}
