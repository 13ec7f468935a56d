namespace Floe.Tests.Kubernetes;

/// <summary>Mistakes in values are refused before anything is installed, and the message names the field.</summary>
[Collection(nameof(RenderedCharts))]
public sealed class ValuesTests(RenderedCharts charts)
{
    // Chart; values; what the message must have.
    private static readonly (string Chart, string Values, string Words)[] s_mistakes =
    [
        // Keys that nothing reads: misspelt, of another chart, at every level.
        ("floe-infrastructure", "postgres: {enabled: true}", "postgres is not allowed"),
        ("floe-infrastructure", "postgresql: {enable: true}", "postgresql: Additional property enable "),
        ("floe-infrastructure", "postgresql: {image: {name: x}}", "postgresql.image: Additional property name "),
        ("floe-infrastructure", "postgresql: {password: hunter2}", "postgresql: Additional property password "),
        ("floe-infrastructure", "postgresql: {persistence: {storage: 8Gi}}", "postgresql.persistence: Additional property storage "),
        ("floe-infrastructure", "minio: {rootPassword: secret123}", "minio: Additional property rootPassword "),
        ("floe-infrastructure", "minio: {service: {port: 9000}}", "minio.service: Additional property port "),
        ("floe-infrastructure", "polaris: {replica: 2}", "polaris: Additional property replica "),
        ("floe-infrastructure", "polaris: {resources: {request: {cpu: 1}}}", "polaris.resources: Additional property request "),
        ("floe-infrastructure", "jaeger: {replicas: 2}", "jaeger: Additional property replicas "),
        ("floe-infrastructure", "marquez: {web: {enabled: true}}", "marquez.web: Additional property enabled "),
        ("floe-infrastructure", "global: {size: small}", "global: Additional property size "),
        ("floe-infrastructure", "global: {telemetry: {url: http://x:4317}}", "global.telemetry: Additional property url "),
        ("floe-infrastructure", "networkPolicy: {allow: []}", "networkPolicy: Additional property allow "),
        ("floe-infrastructure", "scheduling: {tolerations: [{keys: a}]}", "scheduling.tolerations.0: Additional property keys "),
        ("floe-infrastructure", "nodeSelector: {disk: ssd}", "nodeSelector is not allowed"),
        ("floe-worker", "worker: {replicas: 2}", "worker is not allowed"),
        ("floe-worker", "seedworker: {replicaCount: 2}", "seedworker: Additional property replicaCount "),
        ("floe-worker", "generation: {order: 100}", "generation: Additional property order "),
        ("floe-worker", "schedule: {crontab: '* * * * *'}", "schedule: Additional property crontab "),
        ("floe-worker", "seedJob: {completions: 4}", "seedJob: Additional property completions "),
        ("floe-worker", "dataProducts: [{name: a1, job: transform, env: {}}]", "dataProducts.0: Additional property env "),
        ("floe-cube", "cubeproxy: {secret: abc}", "cubeproxy: Additional property secret "),
        ("floe-cube", "cubeproxy: {jwt: {jwksUrl: https://x}}", "cubeproxy.jwt: Additional property jwksUrl "),
        ("floe-cube", "cubestore: {enabled: true}", "cubestore is not allowed"),
        ("floe-cube", "cubeStore: {worker: {replicas: 2}}", "cubeStore: Additional property worker "),
        ("floe-cube", "apiSecret: {value: 0123456789abcdef}", "apiSecret: Additional property value "),
        ("floe-platform", "floe-worker: {enabled: true}", "floe-worker is not allowed"),
        ("floe-platform", "infrastructure: {polaris: {replica: 2}}", "polaris: Additional property replica "),
        ("floe-platform", "worker: {schedules: {}}", "schedules is not allowed"),
        ("floe-platform", "cube: {cube: {sql: true}}", "cube: Additional property sql "),
        ("floe-platform", "global: {storageclass: fast}", "global: Additional property storageclass "),
        // Wrong types.
        ("floe-infrastructure", "postgresql: {enabled: 'yes'}", "postgresql.enabled"),
        ("floe-infrastructure", "postgresql: {databases: polaris}", "postgresql.databases"),
        ("floe-infrastructure", "polaris: {replicas: '2'}", "polaris.replicas"),
        ("floe-infrastructure", "polaris: {image: 'apache/polaris:1.7.0'}", "polaris.image"),
        ("floe-infrastructure", "postgresql: {image: {tag: 18.4}}", "postgresql.image.tag"),
        ("floe-infrastructure", "global: {postgresql: {port: '5432'}}", "global.postgresql.port"),
        ("floe-infrastructure", "global: {imagePullSecrets: [{name: pull}]}", "global.imagePullSecrets.0"),
        ("floe-infrastructure", "scheduling: {nodeSelector: {gpu: true}}", "scheduling.nodeSelector.gpu"),
        ("floe-infrastructure", "polaris: {resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: '1', memory: 1Gi}}}", "polaris.resources.requests.cpu"),
        ("floe-worker", "seedworker: {replicas: 1.5}", "seedworker.replicas"),
        ("floe-worker", "generation: {nullRate: '0.1'}", "generation.nullRate"),
        ("floe-worker", "schedule: {by: true}", "schedule.by"),
        ("floe-worker", "dataProducts: {marts: {job: transform}}", "dataProducts"),
        ("floe-worker", "dataProducts: [{name: a1, command: dbt run, image: {registry: docker.io, repository: x/y, tag: '1'}}]", "dataProducts.0.command"),
        ("floe-cube", "cubeproxy: {memoryLimit: 512}", "cubeproxy.memoryLimit"),
        ("floe-cube", "cubeproxy: {allowedOrigins: ['*']}", "cubeproxy.allowedOrigins"),
        ("floe-cube", "model: [orders.yml]", "model"),
        ("floe-platform", "cube: true", "cube"),
        // Values that break a rule.
        ("floe-infrastructure", "global: {preset: huge}", "global.preset"),
        ("floe-infrastructure", "global: {preset: ''}", "global.preset"),
        ("floe-infrastructure", "polaris: {preset: Small}", "polaris.preset"),
        ("floe-infrastructure", "polaris: {image: {tag: latest}}", "polaris.image.tag"),
        ("floe-infrastructure", "polaris: {image: {tag: ''}}", "polaris.image.tag"),
        ("floe-infrastructure", "jaeger: {image: {registry: ''}}", "jaeger.image.registry"),
        ("floe-infrastructure", "jaeger: {image: {registry: jaegertracing}}", "jaeger.image.registry"),
        ("floe-infrastructure", "jaeger: {image: {repository: 'Jaeger/Jaeger'}}", "jaeger.image.repository"),
        ("floe-infrastructure", "jaeger: {image: {digest: 'sha256:abc'}}", "jaeger.image.digest"),
        ("floe-infrastructure", "minio: {image: {registry: docker.io}}", "minio.image.registry"),
        ("floe-infrastructure", "postgresql: {image: {tag: '17.6'}}", "postgresql.image.tag"),
        ("floe-infrastructure", "postgresql: {user: 'a b'}", "postgresql.user"),
        ("floe-infrastructure", "postgresql: {persistence: {size: 8GB}}", "postgresql.persistence.size"),
        ("floe-infrastructure", "postgresql: {persistence: {size: 0Gi}}", "postgresql.persistence.size"),
        ("floe-infrastructure", "minio: {rootUser: ab}", "minio.rootUser"),
        ("floe-infrastructure", "polaris: {replicas: 0}", "polaris.replicas"),
        ("floe-infrastructure", "polaris: {resources: {requests: {cpu: 100m, memory: 1Gi}}}", "polaris.resources"),
        ("floe-infrastructure", "polaris: {resources: {requests: {cpu: 100m, memory: 1G}, limits: {cpu: 100m, memory: 1Gi}}}", "polaris.resources.requests.memory"),
        ("floe-infrastructure", "polaris: {resources: {requests: {cpu: 0.5, memory: 1Gi}, limits: {cpu: '1', memory: 1Gi}}}", "polaris.resources.requests.cpu"),
        ("floe-infrastructure", "polaris: {service: {type: LoadBalancer}}", "polaris.service.type"),
        ("floe-infrastructure", "polaris: {service: {type: NodePort, nodePort: 8181}}", "polaris.service.nodePort"),
        ("floe-infrastructure", "global: {postgresql: {port: 70000}}", "global.postgresql.port"),
        ("floe-infrastructure", "global: {imageRegistry: 'https://mirror.example.com'}", "global.imageRegistry"),
        ("floe-infrastructure", "global: {credentialsSecret: Floe_Credentials}", "global.credentialsSecret"),
        ("floe-infrastructure", "global: {telemetry: {endpoint: 'collector:4317'}}", "global.telemetry.endpoint"),
        ("floe-worker", "lakehouse: {bucket: Floe}", "lakehouse.bucket"),
        ("floe-worker", "bootstrap: {timeoutSeconds: 0}", "bootstrap.timeoutSeconds"),
        ("floe-worker", "generation: {orders: 0}", "generation.orders"),
        ("floe-worker", "generation: {duplicateRate: 0.9}", "generation.duplicateRate"),
        ("floe-worker", "schedule: {cron: '5 minutes'}", "schedule.cron"),
        ("floe-worker", "schedule: {by: cron}", "schedule.by"),
        ("floe-worker", "schedule: {orders: 20000}", "schedule.orders"),
        ("floe-worker", "schedule: {misfire: Always}", "schedule.misfire"),
        ("floe-worker", "seedJob: {shards: 0}", "seedJob.shards"),
        ("floe-worker", "seedJob: {clock: yesterday}", "seedJob.clock"),
        ("floe-worker", "seedJob: {deadlineSeconds: 5}", "seedJob.deadlineSeconds"),
        ("floe-worker", "dataProducts: [{name: Marts_Daily, job: transform}]", "dataProducts.0.name"),
        ("floe-worker", "dataProducts: [{name: marts, job: dbt}]", "dataProducts.0.job"),
        ("floe-cube", "cubeproxy: {queryTimeoutSeconds: 0}", "cubeproxy.queryTimeoutSeconds"),
        ("floe-cube", "cubeproxy: {memoryLimit: 1Gi}", "cubeproxy.memoryLimit"),
        ("floe-cube", "cubeproxy: {allowedOrigins: example.com}", "cubeproxy.allowedOrigins"),
        ("floe-cube", "cubeproxy: {jwt: {jwkUrl: 'http://idp/keys'}}", "cubeproxy.jwt.jwkUrl"),
        ("floe-cube", "model: {orders: 'cubes: []'}", "model"),
        ("floe-cube", "cubeStore: {remote: {type: s3}}", "cubeStore.remote.type"),
        // Values that do not go together.
        ("floe-infrastructure", "postgresql: {enabled: false}", "global.postgresql.host"),
        ("floe-infrastructure", "{polaris: {enabled: false}, postgresql: {enabled: false}}", "global.postgresql.host"),
        ("floe-infrastructure", "minio: {enabled: false}", "global.minio.endpoint"),
        ("floe-infrastructure", "global: {postgresql: {host: db.example.com}}", "global.postgresql.host"),
        ("floe-infrastructure", "global: {minio: {endpoint: 'https://s3.example.com'}}", "global.minio.endpoint"),
        ("floe-infrastructure", "global: {polaris: {endpoint: 'https://polaris.example.com'}}", "global.polaris.endpoint"),
        ("floe-infrastructure", "jaeger: {enabled: false}", "global.telemetry.endpoint"),
        ("floe-infrastructure", "marquez: {enabled: false}", "global.lineage.endpoint"),
        ("floe-infrastructure", "global: {infrastructureRelease: other}", "global.infrastructureRelease"),
        ("floe-infrastructure", "polaris: {service: {nodePort: 30181}}", "polaris.service.nodePort"),
        ("floe-infrastructure", "polaris: {image: {tag: 1.8.0}}", "polaris.adminToolImage.tag"),
        ("floe-infrastructure", "postgresql: {databases: [floe]}", "postgresql.databases"),
        ("floe-worker", "seedJob: {persistence: {size: 1Gi}}", "seedJob: Additional property persistence "),
        ("floe-worker", "dataProducts: [{name: marts}]", "dataProducts.0: job is required"),
        ("floe-worker", "dataProducts: [{name: marts, command: [dbt, run]}]", "dataProducts.0: image is required"),
        ("floe-worker", "dataProducts: [{name: marts, job: transform, image: {registry: docker.io, repository: x/y, tag: '1'}}]", "dataProducts.0"),
        ("floe-cube", "{cube: {enabled: false}, cubeproxy: {upstream: true}}", "cube.enabled"),
        ("floe-worker", "schedule: {by: cronJob, cron: '0 */5 * * * ?'}", "schedule.cron"),
        ("floe-worker", "dataProducts: [{name: marts, job: transform, parameters: {models: a}}]", "dataProducts.0.parameters: Additional property models "),
        ("floe-worker", "dataProducts: [{name: marts, job: maintain, parameters: {orders: 5}}]", "dataProducts.0.parameters"),
        ("floe-worker", "dataProducts: [{name: marts, job: generate_orders, parameters: {orders: 20000}}]", "dataProducts.0.parameters.orders"),
        ("floe-worker", "dataProducts: [{name: marts, job: generate_orders, parameters: {rate: 10}}]", "Has a dependency on seconds"),
        ("floe-cube", "cube: {replicas: 2}", "cube.replicas"),
        ("floe-cube", "cube: {refreshWorker: {enabled: true}}", "cube.refreshWorker.enabled"),
        ("floe-cube", "cubeStore: {enabled: true, workers: {replicas: 2}}", "cubeStore.workers.replicas"),
        ("floe-cube", "cubeStore: {enabled: true, remote: {type: claim}}", "cubeStore.remote.existingClaim"),
        ("floe-cube", "cubeproxy: {resources: {requests: {cpu: 100m, memory: 1Gi}, limits: {cpu: '1', memory: 1Gi}}}", "cubeproxy.memoryLimit"),
        ("floe-cube", "cubeproxy: {jwt: {algorithms: [RS256]}}", "cubeproxy.jwt.algorithms"),
        ("floe-platform", "infrastructure: {enabled: false}", "global.credentialsSecret"),
        ("floe-platform", "global: {infrastructureRelease: other}", "global.infrastructureRelease"),
    ];

    [SkippableFact]
    public async Task A_hundred_typical_mistakes_are_refused_by_name()
    {
        Assert.True(s_mistakes.Length >= 100);
        var folder = Directory.CreateTempSubdirectory("floe-values-");
        try
        {
            var passed = await Task.WhenAll(s_mistakes.Select(async (mistake, i) =>
            {
                var file = Path.Combine(folder.FullName, $"{i}.yaml");
                await File.WriteAllTextAsync(file, mistake.Values);
                var result = await charts.Helm.RunAsync("template", RenderedCharts.Release, Path.Combine(charts.Charts, mistake.Chart), "--values", file);
                return result.ExitCode != 0 && result.Error.Contains(mistake.Words) ? null : $"{mistake.Chart} {mistake.Values}: exit code {result.ExitCode}, no '{mistake.Words}' in: {result.Error}";
            }));
            Assert.Equal([], passed.OfType<string>());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
