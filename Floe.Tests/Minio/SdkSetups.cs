using Amazon.Runtime;
using Amazon.S3;
using Xunit;

namespace Floe.Tests.Minio;

/// <summary>AWSSDK.S3 as it comes: signed aws-chunked bodies with a CRC-32 trailer.</summary>
[Trait("Category", "Conformance")]
public sealed class DefaultSdkTests(MinioFixture minio) : S3ClientTests(minio), IClassFixture<MinioFixture>
{
    protected override void Configure(AmazonS3Config config)
    {
    }
}

/// <summary>Checksums only where S3 demands them, as careful users set the SDK up for other stores.</summary>
[Trait("Category", "Conformance")]
public sealed class TamedSdkTests(MinioFixture minio) : S3ClientTests(minio), IClassFixture<MinioFixture>
{
    protected override void Configure(AmazonS3Config config)
    {
        config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
        config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
    }
}
