using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.Serving;
using Floe.CubeProxy.SqlApi.Users;
using Floe.ServiceDefaults.Configuration;

namespace Floe.CubeProxy.SqlApi;

/// <summary>Settings of the SQL API: Cube's own names for port, user and password, and the section <c>CubeSql</c>.</summary>
internal sealed record SqlApiSettings
{
    public const string PortKey = "CUBEJS_PG_SQL_PORT";
    public const string UserKey = "CUBEJS_SQL_USER";
    public const string PasswordKey = "CUBEJS_SQL_PASSWORD";
    public const string Section = "CubeSql";
    private const string DefaultUser = "cube";

    private static readonly string[] _keys = ["Address", "Certificate", "CertificateKey", "Connections", "IdleSeconds", "SignInSeconds", "Users"];

    public required IPEndPoint Endpoint { get; init; }

    public required SqlUsers Users { get; init; }

    /// <summary>Null: connections are not encrypted.</summary>
    public required X509Certificate2? Certificate { get; init; }

    /// <summary>Connections at the same time, those that have not signed in included.</summary>
    public required int Connections { get; init; }

    /// <summary>A connection that says nothing for this long is closed.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>Time to sign in, from the connection's start.</summary>
    public required TimeSpan SignIn { get; init; }

    /// <summary>Bytes that a message of the client may have; as the REST API's bodies.</summary>
    public int LongestMessage { get; init; } = 1024 * 1024;

    /// <summary>Time for a message that was begun, and for an answer that was begun to be taken.</summary>
    public TimeSpan MessageTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <param name="port">Of the command line; null: <see cref="PortKey"/> decides.</param>
    /// <returns>Null: there is no port, and so no SQL API.</returns>
    /// <exception cref="ConfigurationException">A setting breaks a rule.</exception>
    public static SqlApiSettings? Read(IConfiguration configuration, int? port, bool overLakehouse)
    {
        var section = configuration.GetSection(Section);
        if (section.GetChildren().FirstOrDefault(child => !_keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new ConfigurationException($"{Section}:{unknown.Key} is not a setting; known are {string.Join(", ", _keys)}.");
        port ??= configuration[PortKey] switch
        {
            null or "" => null,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 65535 => number,
            var text => throw new ConfigurationException($"{PortKey} is '{text}'; it must be a number from 0 (any free port) to 65535."),
        };
        if (port is null) return null;
        return new SqlApiSettings
        {
            Endpoint = new IPEndPoint(Address(section["Address"]), port.Value),
            Users = new SqlUsers(ReadUsers(configuration, section, overLakehouse)),
            Certificate = ReadCertificate(section["Certificate"], section["CertificateKey"]),
            Connections = Number(section, "Connections", 100, 1, 10_000),
            Idle = TimeSpan.FromSeconds(Number(section, "IdleSeconds", 3600, 1, 604_800)),
            SignIn = TimeSpan.FromSeconds(Number(section, "SignInSeconds", 15, 1, 600)),
        };
    }

    /// <summary>Without the users.</summary>
    public override string ToString() => $"SQL API on {Endpoint}";

    private static IPAddress Address(string? text) => text switch
    {
        null or "" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.TryParse(text, out var address) ? address : throw new ConfigurationException($"{Section}:Address is '{text}'; it must be an IP address of this machine, or * for all."),
    };

    private static List<SqlUser> ReadUsers(IConfiguration configuration, IConfigurationSection section, bool overLakehouse)
    {
        var users = new List<SqlUser>();
        if (configuration[PasswordKey] is { Length: > 0 } password)
            Add(configuration[UserKey] is { Length: > 0 } name ? name : DefaultUser, password, null, UserKey, PasswordKey, "");
        else if (configuration[UserKey] is { Length: > 0 })
            throw new ConfigurationException($"{UserKey} is set and {PasswordKey} is not; set both.");
        foreach (var entry in section.GetSection("Users").GetChildren())
            Add(entry["Name"], entry["Password"], entry["Claims"], $"{entry.Path}:Name", $"{entry.Path}:Password", $"{entry.Path}:Claims");
        return users.Count > 0 ? users
            : throw new ConfigurationException($"The SQL API has a port and no user; set {PasswordKey} (user '{DefaultUser}', or {UserKey}), or {Section}:Users:0:Name and :Password.");

        void Add(string? name, string? password, string? claims, string nameKey, string passwordKey, string claimsKey)
        {
            if (string.IsNullOrEmpty(name) || name.Length > 63 || !name.All(c => c is > ' ' and < '\u007f')) throw new ConfigurationException($"{nameKey} is '{name}'; it must be a name of 1 to 63 visible ASCII characters without spaces.");
            if (users.Exists(user => user.Name == name)) throw new ConfigurationException($"{nameKey} is '{name}', which is a user already; names are unique.");
            if (string.IsNullOrEmpty(password) || !password.All(c => c is >= ' ' and < '\u007f')) throw new ConfigurationException($"{passwordKey} is missing, or has characters beyond ASCII; set one, such as 'openssl rand -hex 16' prints.");
            if (overLakehouse && password.Length < ApiSecret.ShortestOverLakehouse) throw new ConfigurationException($"{passwordKey} is too short: over the lakehouse it must have at least {ApiSecret.ShortestOverLakehouse} characters; set a longer one, such as 'openssl rand -hex 16' prints.");
            users.Add(new SqlUser(name, ScramVerifier.Of(password), Claims(claims, claimsKey)));
        }
    }

    private static SecurityContext Claims(string? json, string key)
    {
        if (string.IsNullOrWhiteSpace(json)) return SecurityContext.Nobody;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return new SecurityContext(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new ConfigurationException($"{key} is not a JSON object; write the claims as in a token: {{\"role\":\"seller\",\"region\":\"North\"}}.");
    }

    private static X509Certificate2? ReadCertificate(string? certificate, string? key)
    {
        if (string.IsNullOrEmpty(certificate))
            return string.IsNullOrEmpty(key) ? null : throw new ConfigurationException($"{Section}:CertificateKey is set and {Section}:Certificate is not; name both PEM files.");
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(certificate, string.IsNullOrEmpty(key) ? null : key);
            // A key that exists only in memory is of no use to some platforms' TLS.
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{Section}:Certificate is '{certificate}', from which no certificate with its key can be read ({e.Message.TrimEnd('.')}); give PEM files, the key in {Section}:CertificateKey or in the same file.");
        }
    }

    private static int Number(IConfigurationSection section, string key, int standard, int smallest, int largest) => section[key] switch
    {
        null or "" => standard,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= smallest && number <= largest => number,
        var text => throw new ConfigurationException($"{Section}:{key} is '{text}'; it must be a number from {smallest} to {largest}."),
    };
}
