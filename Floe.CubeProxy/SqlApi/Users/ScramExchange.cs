using System.Security.Cryptography;
using System.Text;

namespace Floe.CubeProxy.SqlApi.Users;

/// <summary>The server's side of SCRAM-SHA-256 (RFC 5802 and 7677), without channel binding.</summary>
internal sealed class ScramExchange(ScramVerifier verifier)
{
    public const string Mechanism = "SCRAM-SHA-256";

    private const int NonceLength = 18;

    private string _clientFirstBare = "";
    private string _serverFirst = "";
    private string _nonce = "";
    private string _header = "";

    /// <summary>Answers the client's first message.</summary>
    /// <exception cref="SqlError">It is not one.</exception>
    public string Begin(string clientFirst)
    {
        // gs2-header: "n" or "y", no other identity.
        var parts = clientFirst.Split(',');
        if (parts.Length < 4 || parts[1].Length > 0) throw Malformed();
        if (parts[0] is not ("n" or "y")) throw SqlError.Protocol("Channel binding is not offered here; the client must not ask for it.");
        _header = $"{parts[0]},,";
        _clientFirstBare = clientFirst[_header.Length..];
        // The user's name is that of the startup packet, as in PostgreSQL.
        if (!parts[2].StartsWith("n=", StringComparison.Ordinal) || !parts[3].StartsWith("r=", StringComparison.Ordinal) || parts[3].Length < 10) throw Malformed();
        _nonce = parts[3][2..] + Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceLength));
        _serverFirst = $"r={_nonce},s={Convert.ToBase64String(verifier.Salt)},i={verifier.Iterations}";
        return _serverFirst;
    }

    /// <summary>Checks the client's proof.</summary>
    /// <returns>The server's own proof; null: the password is wrong.</returns>
    /// <exception cref="SqlError">The message is not one.</exception>
    public string? End(string clientFinal)
    {
        var at = clientFinal.LastIndexOf(",p=", StringComparison.Ordinal);
        if (at < 0) throw Malformed();
        var withoutProof = clientFinal[..at];
        if (withoutProof != $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(_header))},r={_nonce}") throw Malformed();
        var proof = new byte[SHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(clientFinal[(at + 3)..], proof, out var length) || length != proof.Length) throw Malformed();
        var message = Encoding.UTF8.GetBytes($"{_clientFirstBare},{_serverFirst},{withoutProof}");
        var signature = HMACSHA256.HashData(verifier.StoredKey, message);
        for (var i = 0; i < proof.Length; i++) proof[i] ^= signature[i];
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(proof), verifier.StoredKey)
            ? $"v={Convert.ToBase64String(HMACSHA256.HashData(verifier.ServerKey, message))}"
            : null;
    }

    private static SqlError Malformed() => SqlError.Protocol("The client's SCRAM message is malformed.");
}
