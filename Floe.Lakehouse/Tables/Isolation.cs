namespace Floe.Lakehouse.Tables;

/// <summary>What a change by filter must not miss of what others commit while it is made.</summary>
public enum Isolation
{
    /// <summary>The result is as if one had been made after the other: rows added meanwhile that the filter may be about are a conflict.</summary>
    Serializable,

    /// <summary>The change is about the rows that were there when it began: rows added meanwhile stay as they are.</summary>
    Snapshot,
}
