using System.Net.Sockets;
using Npgsql;

namespace Floe.Emulators.Hosting;

/// <summary>Tells a database that is away from one that answered that the statement is wrong.</summary>
internal static class DatabaseOutage
{
    public static bool Is(NpgsqlException e) => e is PostgresException answered
        ? answered.SqlState is ['5', '7', 'P', ..] or ['0', '8', ..] or ['5', '3', ..] or ['2', '8', ..] or "3D000" or "55000"
        : e.IsTransient || e.InnerException is SocketException or IOException or TimeoutException || e.InnerException is null;
}
