using System.Diagnostics;
using System.Net;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Storage;
using Floe.ServiceDefaults.Http;

namespace Floe.SeedWorker.Bootstrap;

/// <summary>
/// Brings the lakehouse to its plan by public APIs, from whatever state it is in, and proves it: both principals get a token and see the
/// namespaces. A second run changes nothing.
/// </summary>
public sealed class LakehouseBootstrap(
    BootstrapPlan plan, IHttpClientFactory httpClients, IFileIO io, TimeProvider time, ILogger<LakehouseBootstrap> log)
{
    /// <summary>Name of the HTTP client for Polaris' management API.</summary>
    public const string HttpClientName = "Floe.SeedWorker.Polaris";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Sets up and verifies; waits for services that are not up yet.</summary>
    /// <exception cref="BootstrapException">A service stays away too long, or refuses what it should accept.</exception>
    public async Task<BootstrapReport> RunAsync(CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity("bootstrap");
        var started = time.GetTimestamp();
        var changes = new List<string>();
        try
        {
            using var store = new StoreSetup(plan.Writer.Connection);
            // Both wait for their service; neither needs the other.
            var bucket = UntilUpAsync($"the store at {plan.Writer.Connection.StoreEndpoint}", () => store.EnsureBucketAsync(plan.Bucket, ct), started, ct);
            var polaris = new PolarisManagement(httpClients.CreateClient(HttpClientName), plan.PolarisEndpoint, plan.RootClientId, plan.RootClientSecret);
            var login = UntilUpAsync($"Polaris at {plan.PolarisEndpoint}", () => LogInAsync(polaris, ct), started, ct);
            await Task.WhenAll(bucket, login);
            if (await bucket)
                changes.Add($"bucket {plan.Bucket} created");

            changes.AddRange(await new CatalogSetup(polaris, plan).EnsureAsync(ct));
            await EnsureNamespacesAsync(changes, ct);
            await VerifyReaderAsync(ct);
        }
        catch (Exception e) when (e is PolarisException or LakehouseException or Amazon.Runtime.AmazonServiceException || ConnectionFailure.Is(e))
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw new BootstrapException($"The lakehouse could not be set up: {e.Message}", e);
        }

        var report = new BootstrapReport(changes, time.GetElapsedTime(started));
        span?.SetTag("floe.changes", changes.Count);
        log.LogInformation(
            "bootstrap: {Changes}; verified as {Writer} and {Reader} in {Seconds:0.0} s",
            changes.Count == 0 ? "nothing to change" : string.Join(", ", changes), plan.Writer.Name, plan.Reader.Name, report.Elapsed.TotalSeconds);
        return report;
    }

    private async Task<bool> LogInAsync(PolarisManagement polaris, CancellationToken ct)
    {
        try
        {
            await polaris.LogInAsync(ct);
            return true;
        }
        catch (PolarisException e) when (e.Status == HttpStatusCode.Unauthorized)
        {
            throw new BootstrapException(
                $"Polaris at {plan.PolarisEndpoint} refuses the client '{plan.RootClientId}' of ConnectionStrings:polaris; its database was set up with another secret: give that one, or empty the data directory.", e);
        }
    }

    private async Task EnsureNamespacesAsync(List<string> changes, CancellationToken ct)
    {
        using var catalog = new RestCatalog(httpClients, plan.Writer.Connection, io, time);
        var found = await catalog.ListNamespacesAsync(ct);
        foreach (var ns in plan.Namespaces.Except(found))
        {
            try
            {
                await catalog.CreateNamespaceAsync(ns, ct);
                changes.Add($"namespace {ns} created");
            }
            catch (AlreadyExistsException)
            {
                // Another worker did.
            }
        }
    }

    private async Task VerifyReaderAsync(CancellationToken ct)
    {
        using var catalog = new RestCatalog(httpClients, plan.Reader.Connection, io, time);
        var missing = plan.Namespaces.Except(await catalog.ListNamespacesAsync(ct)).ToList();
        if (missing.Count > 0)
            throw new BootstrapException($"The principal '{plan.Reader.Name}' does not see the namespaces {string.Join(", ", missing)} of the catalog '{plan.Catalog}'; its grants do not work: drop its catalog role '{plan.Reader.CatalogRole}' and restart the worker, which makes it anew.");
    }

    private async Task<T> UntilUpAsync<T>(string service, Func<Task<T>> ask, long started, CancellationToken ct)
    {
        var told = false;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            Exception reason;
            try
            {
                return await ask();
            }
            catch (Exception e) when (IsPassing(e))
            {
                reason = e;
            }

            if (time.GetElapsedTime(started) > plan.Timeout)
                throw new BootstrapException($"{service} did not answer within {plan.Timeout.TotalSeconds:0} s (last: {reason.Message}); start it, or correct its connection string.", reason);
            if (!told && time.GetElapsedTime(started) > TimeSpan.FromSeconds(3))
            {
                log.LogInformation("bootstrap: waiting for {Service} ({Reason})", service, reason.Message);
                told = true;
            }

            await Task.Delay(s_pause, time, ct);
        }
    }

    private static bool IsPassing(Exception e) => e switch
    {
        PolarisException p => (int)p.Status >= 500 || p.Status == HttpStatusCode.NotFound,
        Amazon.Runtime.AmazonServiceException s => s.StatusCode == 0 || (int)s.StatusCode >= 500,
        IOException or Amazon.Runtime.AmazonClientException => true,
        _ when ConnectionFailure.Is(e) => true,
        TaskCanceledException { InnerException: TimeoutException } => true,
        _ => false,
    };
}
