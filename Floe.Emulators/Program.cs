using System.Runtime.InteropServices;
using Floe.Emulators;
using Floe.Emulators.Minio;
using Floe.Emulators.Polaris;
using Floe.Emulators.Postgres;

// One service per process: the first argument names it. SIGTERM and SIGINT end it through the token, with exit code 0.
using var stopping = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

return args switch
{
    ["postgres", .. var rest] => await PostgresCommand.RunAsync(rest, stopping.Token),
    ["minio", .. var rest] => await MinioCommand.RunAsync(rest, stopping.Token),
    ["polaris", .. var rest] => await PolarisCommand.RunAsync(rest, stopping.Token),
    ["--help" or "-h" or "help"] => Usage.Print(Console.Out),
    [] => Usage.Fail("No service was named."),
    [var unknown, ..] => Usage.Fail($"'{unknown}' is no service."),
};

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
