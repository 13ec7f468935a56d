using System.Globalization;
using Floe.ServiceDefaults.Configuration;

namespace Floe.Emulators.Minio;

/// <summary><c>Floe.Emulators minio --data DIR --port N</c> with <c>MINIO_ROOT_USER</c> and <c>MINIO_ROOT_PASSWORD</c>.</summary>
public static class MinioCommand
{
    /// <summary>Exit code for a data directory that cannot be used (sysexits.h, EX_IOERR).</summary>
    public const int DataDirectoryError = 74;

    /// <summary>What the verb understands.</summary>
    public const string Usage = """
        Floe.Emulators minio --data DIR --port N

          An S3 store on a folder, for loopback clients ("Floe S3 (embedded)", not MinIO).

          --data DIR   folder of the store, created when missing
          --port N     port on 127.0.0.1; 0 (default) takes a free one and prints it

          MINIO_ROOT_USER       access key, at least 3 characters
          MINIO_ROOT_PASSWORD   secret key, at least 8 characters

          Path-style requests with Signature V4; any region. Health: /minio/health/live, /minio/health/ready.
        """;

    /// <summary>Runs the store until it is told to stop.</summary>
    /// <returns>0, or a code of sysexits.h with one sentence on standard error.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return 0;
        }
        try
        {
            await using var app = MinioServer.Create(Parse(args), cancellationToken);
            return await app.RunServiceAsync(cancellationToken);
        }
        catch (ConfigurationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ServiceRunner.ConfigurationError;
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

    private static MinioOptions Parse(string[] args)
    {
        string? data = null;
        var port = 0;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is not ("--data" or "--port"))
                throw new ConfigurationException($"'{args[i]}' is not an option of minio; known are --data DIR and --port N (see --help).");
            if (i + 1 == args.Length)
                throw new ConfigurationException($"{args[i]} needs a value (see --help).");
            if (args[i] == "--data")
                data = args[i + 1];
            else if (!int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out port))
                throw new ConfigurationException($"--port {args[i + 1]} is not a TCP port (0 to 65535): give a free one, or 0 for any.");
            i++;
        }
        return new MinioOptions
        {
            DataDirectory = data ?? throw new ConfigurationException("--data is missing, but the S3 store needs a folder: give one, for example --data ./data/minio."),
            Port = port,
            AccessKey = Credential("MINIO_ROOT_USER"),
            SecretKey = Credential("MINIO_ROOT_PASSWORD"),
        };
    }

    private static string Credential(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? value
        : throw new ConfigurationException($"{variable} is not set, but the S3 store lets nobody in without it: set it in the environment.");
}
