using System.Text;
using Floe.CubeProxy.Security;

namespace Floe.CubeProxy.Upstream;

/// <summary>Signs the tokens that Cube sees: the caller's verified claims, valid for a minute.</summary>
internal sealed class UpstreamTokens(UpstreamSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(1);

    private readonly byte[] _key = Encoding.UTF8.GetBytes(settings.Secret!);

    public string For(SecurityContext caller) => TokenSigner.Sign(_key, clock.GetUtcNow(), _lifetime, caller.WriteClaims);
}
