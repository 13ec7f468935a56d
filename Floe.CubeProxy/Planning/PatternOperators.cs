namespace Floe.CubeProxy.Planning;

/// <summary>Filters by a LIKE pattern, whose <c>%</c> and <c>_</c> mean what they mean in SQL. For the SQL API; the REST API has no such operators.</summary>
internal static class PatternOperators
{
    public const string Like = "like", NotLike = "notLike", LikeAnyCase = "likeAnyCase", NotLikeAnyCase = "notLikeAnyCase";

    public static string NameOf(bool ignoresCase, bool isNot) => (ignoresCase, isNot) switch
    {
        (false, false) => Like,
        (false, true) => NotLike,
        (true, false) => LikeAnyCase,
        (true, true) => NotLikeAnyCase,
    };
}
