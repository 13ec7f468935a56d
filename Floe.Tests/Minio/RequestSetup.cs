namespace Floe.Tests.Minio;

internal static class RequestSetup
{
    /// <summary>Sets a property that is write-only or awkward in an initialiser.</summary>
    public static T With<T>(this T request, Action<T> set)
    {
        set(request);
        return request;
    }
}
