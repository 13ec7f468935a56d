using System.Security.Cryptography;
using System.Text;

namespace Floe.CubeProxy.SqlApi.Users;

/// <summary>What is kept of a password (RFC 5802, section 3): enough to check a proof, not enough to make one.</summary>
internal sealed record ScramVerifier(byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey)
{
    /// <summary>As PostgreSQL; the passwords are generated, not invented by people.</summary>
    public const int DefaultIterations = 4096;

    private const int SaltLength = 16;

    public static ScramVerifier Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        // SASLprep keeps ASCII as it is and folds the rest to NFKC; without globalization data that cannot be done, and such passwords are refused as settings.
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, DefaultIterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        return new(salt, DefaultIterations, SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8)), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    /// <summary>For a user that does not exist: looks like any other, always the same for a name, and no proof fits it.</summary>
    public static ScramVerifier Mock(string name, byte[] secret) =>
        new(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(name))[..SaltLength], DefaultIterations, RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes), RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));

    public override string ToString() => "***";
}
