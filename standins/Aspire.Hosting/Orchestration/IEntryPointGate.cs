namespace Aspire.Hosting.Orchestration;

/// <summary>Tells the AppHost's own code, while a test runs it, from the test that owns the application.</summary>
internal interface IEntryPointGate
{
    bool IsEntryPoint { get; }

    Task WaitForStartAsync(CancellationToken cancellationToken);

    Task WaitForEndAsync(CancellationToken cancellationToken);

    void OnStarted();

    void OnEnded();
}
