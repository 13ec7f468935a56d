using System.Security.Cryptography;
using Floe.CubeProxy.Security;

namespace Floe.CubeProxy.SqlApi.Users;

/// <summary>Somebody who may connect.</summary>
/// <param name="Context">The claims that access policies are judged by.</param>
internal sealed record SqlUser(string Name, ScramVerifier Verifier, SecurityContext Context);

/// <summary>Who may connect.</summary>
internal sealed class SqlUsers(IReadOnlyList<SqlUser> users)
{
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, SqlUser> _byName = users.ToDictionary(user => user.Name, StringComparer.Ordinal);

    public SqlUser? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>For anybody: that a user does not exist shows no sooner than that a password is wrong.</summary>
    public ScramVerifier VerifierOf(string name) => Find(name)?.Verifier ?? ScramVerifier.Mock(name, _secret);
}
