namespace Floe.Emulators.Polaris.Errors;

/// <summary>A failure of the token endpoint; RFC 6749 section 5.2 has another body than the rest of the API.</summary>
internal sealed class OAuthException(int status, string error, string description) : Exception(description)
{
    public int Status { get; } = status;

    /// <summary>One of RFC 6749's codes.</summary>
    public string Error { get; } = error;
}
