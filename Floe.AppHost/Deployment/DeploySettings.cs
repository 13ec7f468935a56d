namespace Floe.AppHost.Deployment;
public static class DeploySettings { internal const string Name = "Deploy"; }
internal static class DeployStub { public static void AddDeployment(this IDistributedApplicationBuilder b, Floe.AppHost.Publishing.Output.ChartPublisher c, Floe.AppHost.Publishing.PublishSettings s) { } }
