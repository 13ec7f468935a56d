using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Commands;

/// <summary>
/// DuckDB carries only the text of an exception that a callback threw. The exceptions wait here until the statement
/// that failed with their text picks them up as its inner exception.
/// </summary>
internal static class CallbackErrors
{
    private const int Remembered = 32;

    private static readonly LinkedList<Exception> recent = new();
    private static readonly Lock gate = new();

    public static void Remember(Exception exception)
    {
        lock (gate)
        {
            recent.AddFirst(exception);
            if (recent.Count > Remembered)
                recent.RemoveLast();
        }
    }

    public static DuckDBException Attach(string message, DuckDBErrorType type)
    {
        lock (gate)
        {
            for (var node = recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Message.Length > 0 && message.Contains(node.Value.Message, StringComparison.Ordinal))
                {
                    recent.Remove(node);
                    return new DuckDBException(message, type, node.Value);
                }
            }
        }
        return new DuckDBException(message, type);
    }
}
