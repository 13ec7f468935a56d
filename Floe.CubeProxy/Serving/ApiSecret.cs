using System.Text;

namespace Floe.CubeProxy.Serving;

/// <summary>The secret that tokens are signed with.</summary>
public sealed class ApiSecret
{
    public const string Key = "CUBEJS_API_SECRET";

    public ApiSecret(string value) => Bytes = Encoding.UTF8.GetBytes(value);

    internal byte[] Bytes { get; }

    public override string ToString() => "***";
}
