using System.Net.Sockets;

namespace Floe.ServiceDefaults.Http;

/// <summary>What a call over the network throws when it is the network, or the other side, that failed.</summary>
public static class ConnectionFailure
{
    /// <summary>
    /// True for what HttpClient throws when no usable answer came: <see cref="HttpRequestException"/>; a bare <see cref="SocketException"/>, for a connection
    /// that is reset while it is made; <see cref="IOException"/>, for one that breaks while the body is read. Cancellation and timeouts are not among them.
    /// </summary>
    public static bool Is(Exception e) => e is HttpRequestException or SocketException or IOException;
}
