namespace Floe.AppHost.Preflight;
public static class PreflightSettings { internal const string Name = "Preflight"; }
internal static class PreflightStub { public static void AddPreflight(this IDistributedApplicationBuilder b) { } }
