namespace Floe.Tests.Telemetry;

/// <summary>A number of a metric as it was sent.</summary>
internal sealed record OtlpPoint(string Service, string Meter, string Name, string Unit, bool Monotonic, string Database, long Value);
