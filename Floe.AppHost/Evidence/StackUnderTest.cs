namespace Floe.AppHost.Evidence;

/// <summary>What a verification needs of the stack.</summary>
internal sealed record StackUnderTest(EndpointReference Worker, EndpointReference Cube, EndpointReference Sql, ParameterResource ApiSecret, ParameterResource SqlPassword);
