namespace Floe.SeedWorker.Evidence;

/// <summary>
/// What the one who asks brings along: the worker has no key of CubeProxy, so it gets tokens that end soon. They are used, and neither kept nor written anywhere.
/// </summary>
/// <param name="Token">A token without claims.</param>
/// <param name="LimitedToken">A token with the role and region that <see cref="Checks.AccessCheck"/> needs.</param>
/// <param name="ExpiredToken">A token that has ended.</param>
/// <param name="Orders">Orders of the batch that is sent on its way.</param>
internal sealed record EvidenceRequest(string? Token, string? LimitedToken, string? ExpiredToken, int Orders)
{
    /// <summary>Header of <see cref="Token"/>.</summary>
    public const string TokenHeader = "Authorization";

    /// <summary>Header of <see cref="LimitedToken"/>.</summary>
    public const string LimitedTokenHeader = "X-Floe-Limited-Token";

    /// <summary>Header of <see cref="ExpiredToken"/>.</summary>
    public const string ExpiredTokenHeader = "X-Floe-Expired-Token";

    /// <summary>Orders of the batch when nobody says how many.</summary>
    public const int DefaultOrders = 10;

    /// <summary>Without the tokens.</summary>
    public override string ToString() => $"{Orders} orders";
}
