using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Buckets;

/// <summary>The one owner of everything; there are no accounts.</summary>
internal static class Owner
{
    public const string Id = "floe";

    public static void Write(ResponseXml xml, string element = "Owner")
    {
        xml.Open(element);
        xml.Element("ID", Id);
        xml.Element("DisplayName", Id);
        xml.Close(element);
    }
}
