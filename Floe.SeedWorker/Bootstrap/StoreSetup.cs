using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Floe.Lakehouse;

namespace Floe.SeedWorker.Bootstrap;

/// <summary>The bucket of the lakehouse.</summary>
internal sealed class StoreSetup(LakehouseConnection connection) : IDisposable
{
    private readonly AmazonS3Client _client = new(new BasicAWSCredentials(connection.AccessKey, connection.SecretKey), new AmazonS3Config
    {
        ServiceURL = connection.StoreEndpoint.GetLeftPart(UriPartial.Authority),
        ForcePathStyle = true,
        AuthenticationRegion = connection.Region,
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        // The bootstrap has its own patience.
        MaxErrorRetry = 0,
        Timeout = TimeSpan.FromSeconds(10),
    });

    /// <summary>Creates the bucket when it is not there.</summary>
    /// <returns>Whether it was created.</returns>
    /// <exception cref="BootstrapException">The store refuses the keys.</exception>
    public async Task<bool> EnsureBucketAsync(string bucket, CancellationToken ct)
    {
        try
        {
            try
            {
                await _client.HeadBucketAsync(new() { BucketName = bucket }, ct);
                return false;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                await _client.PutBucketAsync(new Amazon.S3.Model.PutBucketRequest { BucketName = bucket, UseClientRegion = true }, ct);
                return true;
            }
        }
        catch (AmazonS3Exception e) when (e.ErrorCode is "BucketAlreadyOwnedByYou" or "BucketAlreadyExists")
        {
            return false;
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
        {
            throw new BootstrapException($"The store {connection.StoreEndpoint} refuses the access key {connection.AccessKey} for bucket '{bucket}' ({e.ErrorCode}); set the keys in ConnectionStrings:minio to those the store was started with.", e);
        }
    }

    public void Dispose() => _client.Dispose();
}
