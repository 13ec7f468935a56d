using Npgsql;
using Quartz;

namespace Floe.SeedWorker.Schedule;

/// <summary>The parts of the time table.</summary>
internal static class ScheduleServices
{
    /// <summary>Adds Quartz on PostgreSQL, and what begins it.</summary>
    public static void AddSchedule(this IServiceCollection services)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "floe";
                scheduler.GenerateInstanceId = true;
                scheduler.PropagateTraceContext = false;
            });
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.DataSourceFactory = p => p.GetRequiredKeyedService<NpgsqlDataSource>(RunSchedule.DatabaseSchema));
                store.ProvisionSchema();
                store.UseClustering(cluster => (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));
                store.ConfigureStore(options =>
                {
                    options.StoreJobDataAsStrings = true;
                    options.MisfireThreshold = TimeSpan.FromSeconds(20);
                    options.DbRetryInterval = TimeSpan.FromSeconds(5);
                });
            });
        });
        // The same database; a schema of its own.
        services.AddKeyedSingleton(RunSchedule.DatabaseSchema, (p, _) =>
            SeedWorkerServices.Database(p.GetRequiredService<IConfiguration>(), "floe-schedule", text => text.SearchPath = RunSchedule.DatabaseSchema));
        services.AddSingleton<ScheduledRun>();
        services.AddSingleton<RunSchedule>();
        services.AddHostedService(p => p.GetRequiredService<RunSchedule>());
    }
}
