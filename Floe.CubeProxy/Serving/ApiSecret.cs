using System.Text;

namespace Floe.CubeProxy.Serving;

/// <summary>The secret that tokens are signed with.</summary>
public sealed class ApiSecret
{
    public const string Key = "CUBEJS_API_SECRET";

    /// <summary>Characters that a secret has at least when the lakehouse is served.</summary>
    public const int ShortestOverLakehouse = 16;

    public ApiSecret(string value) => Bytes = Encoding.UTF8.GetBytes(value);

    internal byte[] Bytes { get; }

    public override string ToString() => "***";
}
