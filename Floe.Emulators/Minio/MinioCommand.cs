using Floe.Emulators.CommandLine;
using Floe.ServiceDefaults.CommandLine;
using Floe.ServiceDefaults.Configuration;

namespace Floe.Emulators.Minio;

/// <summary>The verb <c>minio</c>: the S3 store as a process of its own.</summary>
public static class MinioCommand
{
    /// <summary>Exit code for a data directory that cannot be used (sysexits.h, EX_IOERR).</summary>
    public const int DataDirectoryError = 74;

    /// <summary>Where the store lies when nobody says where, below the current folder.</summary>
    internal const string DefaultDirectory = ".floe/minio";

    private const int DefaultPort = 9000;
    private const string AccessKey = "AWS_ACCESS_KEY_ID";
    private const string SecretKey = "AWS_SECRET_ACCESS_KEY";

    internal static readonly Verb Verb = new()
    {
        Name = "minio",
        Summary = "An S3 store on a folder: \"Floe S3 (embedded)\", not MinIO.",
        Options =
        [
            new("--data", "DIR", $"folder of the store, created when missing ({DefaultDirectory})"),
            new("--port", "N", $"port on 127.0.0.1; 0 takes a free one and prints it ({DefaultPort})"),
        ],
        Details = """
            MINIO_ROOT_USER       access key, at least 3 characters
            MINIO_ROOT_PASSWORD   secret key, at least 8 characters
            Without both, keys are generated once and kept in DIR/credentials, readable by its owner only.

            Connect (path style, Signature V4, any region; the store prints these lines with its address and folder):
              set -a; . DIR/credentials; set +a
              aws --endpoint-url http://127.0.0.1:9000 s3 mb s3://demo
              rclone lsd ":s3,provider=Other,env_auth,endpoint='http://127.0.0.1:9000':"
              mc alias set floe http://127.0.0.1:9000 "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY"
            Health: /minio/health/live, /minio/health/ready
            """,
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        try
        {
            var directory = Path.GetFullPath(arguments.Text("--data") ?? DefaultDirectory);
            var (accessKey, secretKey, file, save) = Keys(directory, Environment.GetEnvironmentVariable);
            await using var app = await MinioServer.CreateAsync(
                new MinioOptions { DataDirectory = directory, Port = arguments.Port("--port", DefaultPort), AccessKey = accessKey, SecretKey = secretKey },
                cancellationToken);
            // Not before the folder is known to be a store's: no secrets into somebody else's.
            if (save)
                file!.Save();
            app.Lifetime.ApplicationStarted.Register(() => Greet(app.Urls.First(), directory, file));
            return await app.RunServiceAsync(cancellationToken);
        }
        catch (DataDirectoryException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return DataDirectoryError;
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"The S3 store cannot listen: {e.Message.TrimEnd('.')}; stop what uses the port, or give another --port.");
            return DataDirectoryError;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <summary>From the environment; else from the data directory; else new ones, which are to be saved there.</summary>
    private static (string AccessKey, string SecretKey, CredentialsFile? File, bool Save) Keys(string directory, Func<string, string?> variable)
    {
        var (user, password) = (variable("MINIO_ROOT_USER"), variable("MINIO_ROOT_PASSWORD"));
        if (!string.IsNullOrEmpty(user) && !string.IsNullOrEmpty(password))
            return (user, password, null, false);
        if (!string.IsNullOrEmpty(user) || !string.IsNullOrEmpty(password))
        {
            var (there, missing) = string.IsNullOrEmpty(user) ? ("MINIO_ROOT_PASSWORD", "MINIO_ROOT_USER") : ("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD");
            throw new ConfigurationException($"{there} is set but {missing} is not: set both, or neither to have the store generate its keys.");
        }
        var path = Path.Combine(directory, CredentialsFile.FileName);
        var known = CredentialsFile.TryRead(path);
        var file = known ?? CredentialsFile.New(path, (AccessKey, "floe"), (SecretKey, CredentialsFile.NewSecret()));
        return (file[AccessKey], file[SecretKey], file, known is null);
    }

    /// <summary>What somebody who started the store by hand wants to know. The secret is never on the console.</summary>
    private static void Greet(string url, string directory, CredentialsFile? file)
    {
        // Under an orchestrator the log line is enough: it gave the keys itself.
        if (file is null && Console.IsOutputRedirected)
            return;
        Console.WriteLine($"""

            Floe S3 (embedded, not MinIO) is up on {url}, its data in {directory}.
            {(file is null ? "Its keys are MINIO_ROOT_USER and MINIO_ROOT_PASSWORD of this shell." : $"Its keys are in {file.Path}, which only you can read.")} Try in another shell:

              {file?.SourceLine ?? "export AWS_ACCESS_KEY_ID=\"$MINIO_ROOT_USER\" AWS_SECRET_ACCESS_KEY=\"$MINIO_ROOT_PASSWORD\""}
              aws --endpoint-url {url} s3 mb s3://demo
              rclone lsd ":s3,provider=Other,env_auth,endpoint='{url}':"
              mc alias set floe {url} "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY"

            Ctrl-C ends it.
            """);
    }
}
