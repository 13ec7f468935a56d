using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Aspire.Hosting.Cli;

/// <summary>How the aspire CLI recognises a running AppHost: by the name of its socket, made of the project path's hash, an instance and the pid.</summary>
internal static class AppHostIdentity
{
    /// <summary>The 11 characters for the full path of the AppHost's project file.</summary>
    public static string Id(string projectPath)
    {
        var path = OperatingSystem.IsWindows() ? projectPath.ToUpperInvariant() : projectPath;
        Span<byte> hash = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(hash, XxHash3.Hash(Encoding.UTF8.GetBytes(path)));
        return Base64Url.EncodeToString(hash);
    }

    /// <summary>The folder that the CLI searches for sockets.</summary>
    public static string SocketFolder =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspire", "cli", "bch");

    /// <summary>A new socket path of this process for the AppHost with the given id: <c>ID INSTANCE . PID</c>.</summary>
    public static string NewSocketPath(string folder, string id) =>
        Path.Combine(folder, $"{id}{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(6))}.{Environment.ProcessId}");
}
