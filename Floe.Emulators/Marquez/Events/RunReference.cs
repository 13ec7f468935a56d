using System.Text.Json.Nodes;

namespace Floe.Emulators.Marquez.Events;

/// <summary>A run as an event names it.</summary>
/// <param name="State">The state that the event's type says: RUNNING, COMPLETED, FAILED or ABORTED.</param>
internal sealed record RunReference(Guid Id, string State, JsonObject Facets)
{
    public const string Running = "RUNNING";

    /// <summary>Whether no later event changes the state, but an event of another end.</summary>
    public bool IsEnd => State != Running;
}
