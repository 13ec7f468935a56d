using System.Security.Cryptography;
using System.Xml;
using Floe.Emulators.Minio.Checksums;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Signatures;

namespace Floe.Emulators.Minio.Requests;

/// <summary>A small XML document in a request: read whole, verified, and parsed by local names (clients differ in their namespaces).</summary>
internal static class RequestDocument
{
    private const int LargestDocument = 8 * 1024 * 1024;

    /// <summary>Reads the body and verifies hash, Content-MD5 and checksum.</summary>
    /// <exception cref="S3Exception">400: not what was announced, or too large.</exception>
    public static async Task<byte[]> ReadAsync(S3Request request, SignedRequest signed, DeclaredDigests declared)
    {
        using var payload = Payload.Open(request, signed, LargestDocument, optional: true);
        var body = new byte[payload.Length];
        var filled = await payload.FillAsync(body, request.Aborted);
        // The read that returns nothing is the one that verifies.
        if (await payload.ReadAsync(new byte[1], request.Aborted) != 0 || filled != body.Length)
            throw S3Errors.IncompleteBody("The body does not have the announced length.");
        using var checksum = declared.Algorithm?.Start();
        checksum?.Append(body);
        declared.Verify(MD5.HashData(body), checksum?.Finish(), payload.Trailers);
        return body;
    }

    /// <summary>
    /// The child elements of the document element: for each its local name, and its own children's text by local name.
    /// Elements with text only carry it under the empty name.
    /// </summary>
    /// <exception cref="S3Exception">400 MalformedXML.</exception>
    public static IEnumerable<(string Name, Dictionary<string, string> Fields)> Children(byte[] document, string root)
    {
        List<(string, Dictionary<string, string>)> children = [];
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(document), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            xml.MoveToContent();
            if (xml.LocalName != root)
                throw S3Errors.MalformedXml($"The document element must be {root}.");
            Dictionary<string, string>? fields = null;
            var field = "";
            while (xml.Read())
            {
                switch (xml.NodeType)
                {
                    case XmlNodeType.Element when xml.Depth == 1:
                        fields = new(StringComparer.Ordinal);
                        field = "";
                        children.Add((xml.LocalName, fields));
                        break;
                    case XmlNodeType.Element when xml.Depth == 2 && fields is not null:
                        field = xml.LocalName;
                        fields[field] = "";
                        break;
                    case XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.CDATA or XmlNodeType.Whitespace
                        when fields is not null && xml.Depth is 2 or 3:
                        // Blanks between elements are layout; inside a field (a key of blanks) they are content.
                        if (xml.Depth == 3 || xml.NodeType == XmlNodeType.Text)
                        {
                            var name = xml.Depth == 3 ? field : "";
                            fields![name] = fields.GetValueOrDefault(name, "") + xml.Value;
                        }
                        break;
                }
            }
        }
        catch (XmlException e)
        {
            throw S3Errors.MalformedXml($"The document is not well-formed XML (line {e.LineNumber}).");
        }
        return children;
    }
}
