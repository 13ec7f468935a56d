using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Signatures;
using Floe.ServiceDefaults.Configuration;

namespace Floe.Emulators.Minio;

/// <summary>
/// The embedded S3 store: what AWSSDK.S3, npm minio, rclone and s3cmd need of the S3 API, on one folder. It answers MinIO's probes and takes
/// MinIO's credentials, so that it and the container are interchangeable; it is not MinIO.
/// </summary>
public static class MinioServer
{
    /// <summary>Opens the data directory and builds the server; it listens on 127.0.0.1 once started.</summary>
    /// <exception cref="ConfigurationException">An option breaks a rule.</exception>
    /// <exception cref="DataDirectoryException">The data directory cannot be used.</exception>
    public static async Task<WebApplication> CreateAsync(MinioOptions options, CancellationToken cancellationToken = default)
    {
        if (options.Validate().FirstOrDefault() is { } broken)
            throw new ConfigurationException(broken);

        var store = await BucketStore.OpenAsync(options.DataDirectory, options.LockPatience, options.Time, cancellationToken);
        try
        {
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
            {
                ApplicationName = "minio",
                ContentRootPath = AppContext.BaseDirectory,
            });
            builder.AddServiceDefaults();
            // Both say again, with a stack trace, what the command says in one sentence; and that --port wins over ASPNETCORE_URLS is meant.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
            builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
            // It writes whole addresses, and a presigned one is as good as a key. The store's own lines have the path alone.
            builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Limits.MinRequestBodyDataRate = null;
                kestrel.Limits.MinResponseDataRate = null;
                // A key of 1024 bytes, percent-encoded, with a presigned query.
                kestrel.Limits.MaxRequestLineSize = 32 * 1024;
                kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
                kestrel.Limits.MaxRequestBufferSize = 2 * 1024 * 1024;
                kestrel.Limits.MaxResponseBufferSize = 512 * 1024;
                kestrel.Listen(IPAddress.Loopback, options.Port);
            });
            // The factory makes the container the owner, which closes the store (and its lock) with the application.
            builder.Services.AddSingleton(_ => store);

            var app = builder.Build();
            var service = new S3Service(
                app.Services.GetRequiredService<BucketStore>(),
                new Authenticator(options.AccessKey, options.SecretKey, options.Time),
                options.Time,
                new StoreMetrics(app.Services.GetRequiredService<IMeterFactory>()),
                app.Services.GetRequiredService<ILogger<S3Service>>());
            app.Run(service.HandleAsync);
            app.Lifetime.ApplicationStarted.Register(() => app.Logger.LogInformation(
                "Floe S3 (embedded, not MinIO) listens on {Url}, data in {Directory}: {Buckets} buckets, {Objects} objects.",
                app.Urls.FirstOrDefault(), Path.GetFullPath(options.DataDirectory), store.All.Count(), store.All.Sum(bucket => bucket.Objects.Count)));
            return app;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}
