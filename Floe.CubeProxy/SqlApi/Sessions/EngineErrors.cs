using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>The engine's refusals with the SQLSTATEs that fit them.</summary>
internal static class EngineErrors
{
    public static SqlError Of(CubeApiException e) => new(e.ErrorType switch
    {
        "access_denied" => SqlStates.InsufficientPrivilege,
        "no_data" => SqlStates.CannotConnectNow,
        "overloaded" => SqlStates.TooManyConnections,
        "timeout" => SqlStates.Canceled,
        "memory" => SqlStates.OutOfMemory,
        "unknown_member" => SqlStates.UndefinedColumn,
        "invalid_date" => SqlStates.InvalidDatetime,
        "conversion" => SqlStates.InvalidText,
        "database" => SqlStates.DataException,
        _ => SqlStates.FeatureNotSupported,
    }, e.Message.StartsWith("Error: ", StringComparison.Ordinal) ? e.Message["Error: ".Length..] : e.Message, inner: e);
}
