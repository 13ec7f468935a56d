using System.Globalization;
using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Json;

namespace Floe.Emulators.Polaris.Tables.Metadata;

/// <summary>
/// Table metadata (Iceberg specification, "Table Metadata Fields") while updates are applied to it. The document stays JSON from file to
/// file, so that a field that this server does not know survives.
/// </summary>
internal sealed class MetadataDraft(JsonObject json, string? fileLocation, TimeProvider time)
{
    public const int NewestFormatVersion = 3;

    public const string MainBranch = "main";

    private const int DefaultPreviousVersions = 100;

    private readonly HashSet<long> _addedSnapshots = [];
    private readonly List<long> _mainHistory = [];
    private readonly long? _previousUpdate = json.OptionalLong("last-updated-ms");

    public JsonObject Json { get; } = json;

    /// <summary>The file that the document was read from, null for a table that is being created.</summary>
    public string? FileLocation { get; } = fileLocation;

    /// <summary>Whether an update changed anything; if not, there is nothing to commit.</summary>
    public bool Changed { get; private set; }

    public int FormatVersion => Json.RequiredInt("format-version");

    public string Location => Json.RequiredString("location");

    public JsonObject Properties => ObjectOf("properties");

    /// <summary>What <c>-1</c> in set-current-schema means.</summary>
    public int? LastAddedSchemaId { get; set; }

    /// <summary>What <c>-1</c> in set-default-spec means.</summary>
    public int? LastAddedSpecId { get; set; }

    /// <summary>What <c>-1</c> in set-default-sort-order means.</summary>
    public int? LastAddedSortOrderId { get; set; }

    /// <summary>The snapshot that the table shows, or null.</summary>
    public long? CurrentSnapshotId => Json.OptionalLong("current-snapshot-id") is { } id and not -1 ? id : null;

    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public void Touch() => Changed = true;

    public void Set(string field, JsonNode? value)
    {
        Json[field] = value;
        Changed = true;
    }

    /// <summary>The array of a field, made where it is missing.</summary>
    public JsonArray ArrayOf(string field)
    {
        if (Json.OptionalArray(field) is { } array)
            return array;
        var empty = new JsonArray();
        Json[field] = empty;
        return empty;
    }

    /// <summary>The object of a field, made where it is missing.</summary>
    public JsonObject ObjectOf(string field)
    {
        if (Json.OptionalObject(field) is { } value)
            return value;
        var empty = new JsonObject();
        Json[field] = empty;
        return empty;
    }

    /// <summary>The element of an array field whose <paramref name="idField"/> is <paramref name="id"/>.</summary>
    public JsonObject? Find(string field, string idField, long id) => Json.Objects(field).FirstOrDefault(item => item.OptionalLong(idField) == id);

    /// <summary>Removes the items that an update names by their ids; those already gone are no error.</summary>
    /// <param name="update">Has the ids in the field <paramref name="idField"/> plus "s".</param>
    /// <param name="field">The items.</param>
    /// <param name="idField">An item's id.</param>
    /// <param name="inUse">The field with the id of the one that must stay.</param>
    /// <param name="what">What that one is called.</param>
    public void RemoveNamed(JsonObject update, string field, string idField, string inUse, string what)
    {
        _ = update.RequiredArray($"{idField}s");
        foreach (var id in update.Longs($"{idField}s"))
        {
            if (Json.OptionalInt(inUse) == id)
                throw PolarisException.IllegalArgument($"Cannot remove the {what}: {id}");
            if (Find(field, idField, id) is { } item)
            {
                ArrayOf(field).Remove(item);
                Touch();
            }
        }
    }

    public JsonObject? Snapshot(long id) => Find("snapshots", "snapshot-id", id);

    public JsonObject? Schema(int id) => Find("schemas", "schema-id", id);

    /// <summary>The schema that specs and sort orders of the same change refer to: the current one, or the first one of a new table.</summary>
    public JsonObject? CurrentSchema => Json.OptionalInt("current-schema-id") is { } id and >= 0 ? Schema(id) : LastAddedSchemaId is { } added ? Schema(added) : null;

    public void RememberAdded(long snapshotId) => _addedSnapshots.Add(snapshotId);

    /// <summary>Makes a snapshot the current one and writes it into the history.</summary>
    public void SetCurrentSnapshot(JsonObject snapshot)
    {
        var id = snapshot.RequiredLong("snapshot-id");
        Set("current-snapshot-id", id);
        _mainHistory.Add(id);
        ArrayOf("snapshot-log").Add(new JsonObject
        {
            ["timestamp-ms"] = _addedSnapshots.Contains(id) ? snapshot.RequiredLong("timestamp-ms") : NowMs,
            ["snapshot-id"] = id,
        });
    }

    /// <summary>The table shows nothing any more.</summary>
    public void ClearCurrentSnapshot()
    {
        if (FormatVersion < 3)
            Set("current-snapshot-id", -1);
        else
            Json.Remove("current-snapshot-id");
        Set("snapshot-log", new JsonArray());
    }

    /// <summary>Completes the document for writing.</summary>
    /// <returns>Files that fall out of the metadata log and that the table's settings want removed after the commit.</returns>
    public IReadOnlyList<string> Finish()
    {
        DropIntermediateHistory();
        var newest = Json.Objects("snapshots").Select(s => s.RequiredLong("timestamp-ms")).DefaultIfEmpty(0).Max();
        // Readers refuse a table that was updated before its newest snapshot; the clocks of writers differ from ours.
        Json["last-updated-ms"] = Math.Max(NowMs, newest);
        if (FormatVersion == 1)
            WriteFirstVersionFields();
        return LogPreviousFile();
    }

    /// <summary>A snapshot that was current only inside this change was never seen by anyone.</summary>
    private void DropIntermediateHistory()
    {
        var log = ArrayOf("snapshot-log");
        foreach (var entry in log.Cast<JsonObject>().Where(e => e.RequiredLong("snapshot-id") is var id && id != CurrentSnapshotId && _addedSnapshots.Contains(id) && _mainHistory.Contains(id)).ToList())
            log.Remove(entry);
    }

    private IReadOnlyList<string> LogPreviousFile()
    {
        var log = ArrayOf("metadata-log");
        if (FileLocation is not null)
            log.Add(new JsonObject { ["timestamp-ms"] = _previousUpdate, ["metadata-file"] = FileLocation });
        var keep = Math.Max(1, NumberProperty("write.metadata.previous-versions-max", DefaultPreviousVersions));
        var dropped = new List<string>();
        while (log.Count > keep)
        {
            dropped.Add(((JsonObject)log[0]!).RequiredString("metadata-file"));
            log.RemoveAt(0);
        }

        return Properties["write.metadata.delete-after-commit.enabled"] is JsonValue enabled && enabled.ToString() == "true" ? dropped : [];
    }

    private int NumberProperty(string name, int otherwise) =>
        Properties[name] is JsonValue value && int.TryParse(value.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    /// <summary>Version 1 keeps current schema and spec also outside of the lists.</summary>
    private void WriteFirstVersionFields()
    {
        Json["schema"] = Schema(Json.RequiredInt("current-schema-id"))?.DeepClone();
        Json["partition-spec"] = Find("partition-specs", "spec-id", Json.RequiredInt("default-spec-id"))?["fields"]?.DeepClone();
    }
}
