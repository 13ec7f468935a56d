using System.Text.Json.Serialization;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>A run's transition.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunEventType>))]
public enum RunEventType
{
    /// <summary>It began.</summary>
    [JsonStringEnumMemberName("START")]
    Start,

    /// <summary>It goes on.</summary>
    [JsonStringEnumMemberName("RUNNING")]
    Running,

    /// <summary>It ended well.</summary>
    [JsonStringEnumMemberName("COMPLETE")]
    Complete,

    /// <summary>It was given up, though nothing in it was wrong.</summary>
    [JsonStringEnumMemberName("ABORT")]
    Abort,

    /// <summary>It failed.</summary>
    [JsonStringEnumMemberName("FAIL")]
    Fail,
}
