using System.Net;
using System.Net.Sockets;

namespace Floe.Emulators.CommandLine;

/// <summary>A port for a server that cannot take "any" itself.</summary>
internal static class LoopbackPort
{
    // Below the range from which systems take the ports of outgoing connections, so that none of those can be in the way.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

    /// <summary>A port of 127.0.0.1 on which nothing listens now.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one, then.
            }
        }
    }
}
