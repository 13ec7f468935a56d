namespace Floe.Emulators;

/// <summary>The command line in words.</summary>
internal static class Usage
{
    /// <summary>The exit code of a wrong command line.</summary>
    public const int WrongArguments = 2;

    private const string Text = """
        Floe.Emulators: one service per process, for machines without a container runtime.

        Floe.Emulators postgres --data DIR --port N [--bin-dir DIR] [--no-fsync]
            PostgreSQL's own binaries on 127.0.0.1.
            POSTGRES_USER, POSTGRES_PASSWORD    the superuser
            FLOE_POSTGRES_DATABASES             databases to create, separated by commas
            FLOE_POSTGRES_BINDIR                the binaries' folder (else npm's; the PATH's only where npm has no package)

        Floe.Emulators minio --data DIR --port N
            An S3 store.
            MINIO_ROOT_USER, MINIO_ROOT_PASSWORD    the access key and its secret

        Floe.Emulators polaris --port N --management-port M
            An Iceberg REST catalog with Polaris' management API; its state is in PostgreSQL.
            QUARKUS_DATASOURCE_JDBC_URL, QUARKUS_DATASOURCE_USERNAME, QUARKUS_DATASOURCE_PASSWORD
            POLARIS_REALM_CONTEXT_REALMS, POLARIS_BOOTSTRAP_CREDENTIALS
            AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION
        """;

    public static int Print(TextWriter output)
    {
        output.WriteLine(Text);
        return 0;
    }

    /// <summary>One sentence to standard error, and the exit code of a wrong command line.</summary>
    public static int Fail(string sentence)
    {
        Console.Error.WriteLine($"{sentence} The services are postgres, minio and polaris; see Floe.Emulators --help.");
        return WrongArguments;
    }
}
