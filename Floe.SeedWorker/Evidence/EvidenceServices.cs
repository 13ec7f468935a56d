using Floe.SeedWorker.Evidence.Checks;
using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Evidence;

/// <summary>The checks, in the order of the report.</summary>
internal static class EvidenceServices
{
    public static void AddEvidence(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<EvidenceOptions>(EvidenceOptions.Section);
        services.AddHttpClient(CubeApi.HttpClientName, http => http.Timeout = Timeout.InfiniteTimeSpan); // a check has a timeout of its own
        services.AddSingleton<CubeApi>();
        services.AddSingleton<MarquezApi>();
        services.AddSingleton<LakeTotals>();
        services.AddSingleton<EvidenceRunner>();

        services.AddSingleton<IEvidenceCheck>(new PostgresCheck(() => SeedWorkerServices.Database(builder.Configuration, "floe-evidence", connection => connection.Pooling = false)));
        services.AddSingleton<IEvidenceCheck, StoreCheck>();
        services.AddSingleton<IEvidenceCheck, CatalogCheck>();
        services.AddSingleton<IEvidenceCheck, LineageServerCheck>();
        services.AddSingleton<IEvidenceCheck, CubeCheck>();
        services.AddSingleton<IEvidenceCheck, ContractCheck>();
        services.AddSingleton<IEvidenceCheck, DocumentedColumnsCheck>();
        services.AddSingleton<IEvidenceCheck, ReaderCheck>();
        services.AddSingleton<IEvidenceCheck, AccessCheck>();
        services.AddSingleton<IEvidenceCheck, BatchCheck>();
        services.AddSingleton<IEvidenceCheck, MartTotalsCheck>();
        services.AddSingleton<IEvidenceCheck, CubeTotalsCheck>();
        services.AddSingleton<IEvidenceCheck, LineageCheck>();
    }
}
