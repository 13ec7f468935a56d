namespace Floe.Emulators.Marquez;

/// <summary>A failure that the client is told: HTTP status and one sentence.</summary>
internal sealed class MarquezException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static MarquezException BadRequest(string message) => new(400, message);

    public static MarquezException NotFound(string message) => new(404, message);
}
