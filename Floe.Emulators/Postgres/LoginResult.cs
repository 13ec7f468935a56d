namespace Floe.Emulators.Postgres;

internal enum LoginResult
{
    /// <summary>The server does not answer yet.</summary>
    NotYet,

    Works,

    /// <summary>The server knows another password, or not the role.</summary>
    Refused,
}
