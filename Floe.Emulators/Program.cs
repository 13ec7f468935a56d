using System.Runtime.InteropServices;
using Floe.Emulators.CommandLine;
using Floe.Emulators.Marquez;
using Floe.Emulators.Minio;
using Floe.Emulators.Polaris;
using Floe.Emulators.Postgres;

// One service per process: the first argument names it. SIGTERM and SIGINT end it through the token, with exit code 0.
using var stopping = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

return await Shell.RunAsync([PostgresCommand.Verb, MinioCommand.Verb, PolarisCommand.Verb, MarquezCommand.Verb], args, stopping.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
