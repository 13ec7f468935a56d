using System.Globalization;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>
/// Changes of a table's branches and tags, and of its current snapshot, which is the head of the branch <c>main</c> (specification, "Snapshot
/// References"). Moving a branch changes no files: rows of snapshots that no reference reaches any more are there until they expire. The commit fails
/// when someone else moved one of the references meanwhile.
/// </summary>
public sealed class ManageSnapshots
{
    private const string Branch = "branch";
    private const string Tag = "tag";
    private readonly TableMetadata metadata;
    private readonly Dictionary<string, SnapshotRef?> changes;

    internal ManageSnapshots(TableMetadata metadata, Dictionary<string, SnapshotRef?> changes) => (this.metadata, this.changes) = (metadata, changes);

    /// <summary>Creates a branch.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="snapshotId">Its head; by default the current snapshot.</param>
    /// <exception cref="ValidationException">A reference has that name, or there is no such snapshot.</exception>
    public ManageSnapshots CreateBranch(string name, long? snapshotId = null) => Create(name, snapshotId, Branch);

    /// <summary>Creates a tag.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="snapshotId">Its snapshot; by default the current one.</param>
    /// <exception cref="ValidationException">A reference has that name, or there is no such snapshot.</exception>
    public ManageSnapshots CreateTag(string name, long? snapshotId = null) => Create(name, snapshotId, Tag);

    /// <summary>Sets a branch to a snapshot, whatever it was at; its retention stays.</summary>
    public ManageSnapshots ReplaceBranch(string name, long snapshotId) => Replace(name, snapshotId, Branch);

    /// <summary>Sets a tag to a snapshot; its retention stays.</summary>
    public ManageSnapshots ReplaceTag(string name, long snapshotId) => Replace(name, snapshotId, Tag);

    /// <summary>Removes a branch; not <c>main</c>.</summary>
    public ManageSnapshots RemoveBranch(string name) => Remove(name, Branch);

    /// <summary>Removes a tag.</summary>
    public ManageSnapshots RemoveTag(string name) => Remove(name, Tag);

    /// <summary>Gives a branch, not <c>main</c>, another name.</summary>
    public ManageSnapshots RenameBranch(string name, string newName)
    {
        var reference = Find(name, Branch);
        Remove(name, Branch);
        CheckFree(newName);
        changes[newName] = reference;
        return this;
    }

    /// <summary>How many snapshots of the branch expiry keeps at least (<c>min-snapshots-to-keep</c>).</summary>
    public ManageSnapshots SetMinSnapshotsToKeep(string branch, int count)
    {
        changes[branch] = Find(branch, Branch) with { MinSnapshotsToKeep = count > 0 ? count : throw Positive("min-snapshots-to-keep", count) };
        return this;
    }

    /// <summary>How old snapshots of the branch become before they expire (<c>max-snapshot-age-ms</c>).</summary>
    public ManageSnapshots SetMaxSnapshotAge(string branch, TimeSpan age)
    {
        changes[branch] = Find(branch, Branch) with { MaxSnapshotAgeMs = Milliseconds("max-snapshot-age-ms", age) };
        return this;
    }

    /// <summary>How old the branch, not <c>main</c>, or tag becomes before it expires itself (<c>max-ref-age-ms</c>).</summary>
    public ManageSnapshots SetMaxRefAge(string name, TimeSpan age)
    {
        if (name == SnapshotRef.Main)
            throw new ValidationException("The branch main never expires: it cannot have a max-ref-age-ms.");
        changes[name] = Find(name, null) with { MaxRefAgeMs = Milliseconds("max-ref-age-ms", age) };
        return this;
    }

    /// <summary>Makes any snapshot of the table the current one.</summary>
    public ManageSnapshots SetCurrentSnapshot(long snapshotId)
    {
        metadata.SnapshotById(snapshotId);
        changes[SnapshotRef.Main] = (Current(SnapshotRef.Main) ?? new SnapshotRef(snapshotId, Branch)) with { SnapshotId = snapshotId };
        return this;
    }

    /// <summary>Makes an earlier state, from which the current snapshot came, the current one again.</summary>
    /// <exception cref="ValidationException">The snapshot is not an ancestor of the current one, or has expired.</exception>
    public ManageSnapshots RollbackTo(long snapshotId) => metadata.AncestorsOf(Current(SnapshotRef.Main)?.SnapshotId).Any(s => s.SnapshotId == snapshotId)
        ? SetCurrentSnapshot(snapshotId)
        : throw new ValidationException($"The snapshot {snapshotId} is not an ancestor of the current one of the table at '{metadata.Location}'; SetCurrentSnapshot goes to any snapshot.");

    /// <summary>Makes the newest ancestor that was made before that time the current snapshot again.</summary>
    /// <exception cref="ValidationException">The table has no ancestor that old.</exception>
    public ManageSnapshots RollbackToTime(DateTimeOffset time)
    {
        var ms = time.ToUnixTimeMilliseconds();
        return metadata.AncestorsOf(Current(SnapshotRef.Main)?.SnapshotId).FirstOrDefault(s => s.TimestampMs < ms) is { } snapshot
            ? SetCurrentSnapshot(snapshot.SnapshotId)
            : throw new ValidationException(string.Create(CultureInfo.InvariantCulture, $"The table at '{metadata.Location}' has no snapshot before {time:O} to roll back to."));
    }

    /// <summary>Moves a branch ahead to where another branch or tag is. A branch that is not there is created.</summary>
    /// <exception cref="ValidationException">The branch has snapshots that the other reference has not.</exception>
    public ManageSnapshots FastForwardBranch(string branch, string to)
    {
        var target = Find(to, null).SnapshotId;
        if (Current(branch) is null)
            return Create(branch, target, Branch);
        var behind = Find(branch, Branch);
        if (metadata.AncestorsOf(target).All(s => s.SnapshotId != behind.SnapshotId))
            throw new ValidationException($"The branch '{branch}' cannot be moved ahead to '{to}': its snapshot {behind.SnapshotId} is not an ancestor of {target}.");
        changes[branch] = behind with { SnapshotId = target };
        return this;
    }

    private ManageSnapshots Create(string name, long? snapshotId, string type)
    {
        CheckFree(name);
        var id = snapshotId ?? metadata.CurrentSnapshotId ?? throw new ValidationException($"The {type} '{name}' cannot be created: the table at '{metadata.Location}' has no snapshot yet.");
        metadata.SnapshotById(id);
        changes[name] = new SnapshotRef(id, type);
        return this;
    }

    private ManageSnapshots Replace(string name, long snapshotId, string type)
    {
        metadata.SnapshotById(snapshotId);
        changes[name] = Find(name, type) with { SnapshotId = snapshotId };
        return this;
    }

    private ManageSnapshots Remove(string name, string type)
    {
        if (name == SnapshotRef.Main)
            throw new ValidationException("The branch main cannot be removed or renamed.");
        Find(name, type);
        if (metadata.Refs.ContainsKey(name))
            changes[name] = null;
        else
            changes.Remove(name);
        return this;
    }

    private SnapshotRef? Current(string name) => changes.TryGetValue(name, out var changed) ? changed : metadata.Refs.GetValueOrDefault(name);

    private SnapshotRef Find(string name, string? type) => Current(name) switch
    {
        null => throw new ValidationException($"The table at '{metadata.Location}' has no {type ?? "branch or tag"} '{name}'; it has {(metadata.Refs.Count == 0 ? "none" : string.Join(", ", metadata.Refs.Keys))}."),
        { } found when type is not null && found.Type != type => throw new ValidationException($"The reference '{name}' is a {found.Type}, not a {type}."),
        { } found => found,
    };

    private void CheckFree(string name)
    {
        if (name.Length == 0)
            throw new ValidationException("A branch's or tag's name must not be empty.");
        if (Current(name) is { } there)
            throw new ValidationException($"The table at '{metadata.Location}' already has a {there.Type} '{name}'.");
    }

    private static long Milliseconds(string what, TimeSpan age) => age.TotalMilliseconds >= 1 ? (long)age.TotalMilliseconds : throw Positive(what, age);

    private static ValidationException Positive(string what, object value) => new(string.Create(CultureInfo.InvariantCulture, $"{what} {value} is not allowed; it must be above 0."));
}
