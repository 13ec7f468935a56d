using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Floe.ServiceDefaults.Http;

/// <summary>What a call over the network throws when it is the network, or the other side, that failed.</summary>
public static class ConnectionFailure
{
    /// <summary>
    /// True for what HttpClient throws when no usable answer came: <see cref="HttpRequestException"/>; a bare <see cref="SocketException"/>, for a connection
    /// that is reset while it is made; <see cref="HttpIOException"/> or an <see cref="IOException"/> of the socket, for one that breaks while the body is read.
    /// False for cancellation, timeouts, files, and the connection of one's own caller (<see cref="ConnectionResetException"/>).
    /// </summary>
    public static bool Is(Exception e) => e is HttpRequestException or SocketException or HttpIOException or IOException { InnerException: SocketException } and not ConnectionResetException;
}
