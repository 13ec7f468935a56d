using System.Net.Sockets;
using Floe.ServiceDefaults.Http;
using Microsoft.AspNetCore.Connections;

namespace Floe.Tests.ServiceDefaults;

public sealed class ConnectionFailureTests
{
    public static TheoryData<Exception, bool> Cases => new()
    {
        { new HttpRequestException("refused"), true },
        // What HttpClient throws when the other side resets a connection that is being made.
        { new SocketException((int)SocketError.ConnectionReset), true },
        { new HttpIOException(HttpRequestError.ResponseEnded), true },
        { new IOException("while the body is read", new SocketException((int)SocketError.ConnectionReset)), true },
        { new ConnectionResetException("one's own caller", new SocketException((int)SocketError.ConnectionReset)), false },
        { new FileNotFoundException(), false },
        { new TaskCanceledException("patience", new TimeoutException()), false },
        { new InvalidOperationException(), false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_network_and_nothing_else(Exception exception, bool expected) => Assert.Equal(expected, ConnectionFailure.Is(exception));
}
