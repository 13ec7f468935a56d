using Floe.SeedWorker.Evidence.Checks;
using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Evidence;

/// <summary>The checks, in the order of the report.</summary>
internal static class EvidenceServices
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    public static void AddEvidence(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<EvidenceOptions>(EvidenceOptions.Section);
        services.AddHttpClient(CubeApi.HttpClientName, http => http.Timeout = s_timeout);
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
        services.AddSingleton<IEvidenceCheck>(p => new MartTotalsCheck(p.GetRequiredService<LakeTotals>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IEvidenceCheck>(p => new CubeTotalsCheck(p.GetRequiredService<LakeTotals>(), p.GetRequiredService<CubeApi>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IEvidenceCheck, LineageCheck>();
    }
}
