using System.Text.Json.Serialization;

namespace Floe.SeedWorker.Evidence;

/// <summary>How a check ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EvidenceStatus>))]
public enum EvidenceStatus
{
    /// <summary>What was found is what was expected.</summary>
    [JsonStringEnumMemberName("pass")]
    Pass,

    /// <summary>It is not, or could not be found out.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,

    /// <summary>Not checked: what the check needs was not given.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip,
}
