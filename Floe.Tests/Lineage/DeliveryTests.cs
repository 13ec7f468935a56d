using System.Diagnostics.Metrics;
using Floe.Tests.Marquez;
using Floe.Tests.SeedWorker;
using static Floe.Tests.Lineage.EmitterHost;

namespace Floe.Tests.Lineage;

/// <summary>Events and a lineage server that is there, away, full or of another opinion.</summary>
public sealed class DeliveryTests(MarquezFixture fixture) : IClassFixture<MarquezFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-outbox-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_emitted_while_the_receiver_is_away_waits_over_a_restart_and_arrives_in_order()
    {
        var marquez = await fixture.StartAsync();
        await using var cable = new Cable(marquez.Url);
        await using (var first = await StartAsync(cable.Endpoint, _folder))
        {
            first.Emitter.Emit(Event("here"));
            await UntilAsync(() => Waiting(_folder) is []);
            cable.Cut();
            // Some die with the service: it is not asked to stop, it is just gone.
            foreach (var job in (string[])["a", "b", "c"])
                first.Emitter.Emit(Event(job));
            Assert.Equal(["a", "b", "c"], Waiting(_folder));
        }

        // What it was writing when it was killed is no event.
        await File.WriteAllTextAsync(Path.Combine(_folder, "0000000000000000001-1.json.tmp"), "{\"half\":");
        await using var second = await StartAsync(cable.Endpoint, _folder);
        Assert.Contains("Information: 3 lineage events of an earlier run of this service wait in " + _folder, second.Log.Lines);
        second.Emitter.Emit(Event("d"));
        cable.Mend();
        await UntilAsync(() => Waiting(_folder) is []);
        var events = (await marquez.GetAsync("events/lineage?sortDirection=asc"))["events"]!.AsArray();
        Assert.Equal(["here", "a", "b", "c", "d"], events.Select(e => (string)e!["job"]!["name"]!));
    }

    [Fact]
    public async Task A_service_that_stops_delivers_what_is_left_first()
    {
        var marquez = await fixture.StartAsync();
        var service = await StartAsync(marquez.Url, _folder, ("Lineage:DrainTimeout", "00:00:20"));
        for (var i = 0; i < 50; i++)
            service.Emitter.Emit(Event($"job{i}"));
        await service.DisposeAsync();
        Assert.Empty(Waiting(_folder));
        Assert.Equal(50, (int)(await marquez.GetAsync("events/lineage"))["totalCount"]!);
    }

    [Fact]
    public async Task A_full_outbox_loses_the_oldest_loudly()
    {
        long lost = 0;
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Name == "floe.lineage.lost") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref lost, value));
        listener.Start();
        await using var service = await StartAsync("http://127.0.0.1:9", _folder, ("Lineage:OutboxEvents", "3"), ("Lineage:DrainTimeout", "00:00:00.1"));
        foreach (var job in (string[])["a", "b", "c", "d", "e"])
            service.Emitter.Emit(Event(job));
        Assert.Equal(["c", "d", "e"], Waiting(_folder));
        Assert.True(Interlocked.Read(ref lost) >= 2);
        Assert.StartsWith("Error: The lineage outbox is full (3 events or 64 MB): 1 events are lost so far", Assert.Single(service.Log.Lines, line => line.Contains("is full", StringComparison.Ordinal)));
        await service.StopAsync();
        Assert.Contains("Information: 3 lineage events stay in the outbox until the next start: the receiver http://127.0.0.1:9 did not take them in time", service.Log.Lines);
    }

    [Fact]
    public async Task An_event_that_is_refused_is_lost_loudly_and_holds_nothing_up()
    {
        var marquez = await fixture.StartAsync();
        await using var service = await StartAsync(marquez.Url, _folder, ("Lineage:DrainTimeout", "00:00:20"));
        service.Emitter.Outbox!.Add("{}"u8.ToArray());
        service.Emitter.Emit(Event("after"));
        await service.Log.WaitForAsync($"Error: A lineage event is lost, the receiver {marquez.Url} refuses it: 400 ");
        await UntilAsync(() => Waiting(_folder) is []);
        Assert.Equal(1, (int)(await marquez.GetAsync("events/lineage"))["totalCount"]!);
    }

    [Fact]
    public async Task Where_nothing_can_be_written_events_wait_in_memory_and_that_is_said()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");
        var marquez = await fixture.StartAsync();
        await using var service = await StartAsync(marquez.Url, Path.Combine(file, "outbox"));
        service.Emitter.Emit(Event("a"));
        service.Emitter.Emit(Event("b"));
        await UntilAsync(() => service.Emitter.Outbox!.Count == 0);
        Assert.Equal(2, (int)(await marquez.GetAsync("events/lineage"))["totalCount"]!);
        Assert.Contains("name a writable folder by Lineage:OutboxDirectory", Assert.Single(service.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_an_address_nothing_is_emitted_and_nothing_is_written()
    {
        var outbox = Path.Combine(_folder, "outbox");
        await using var service = await StartAsync(null, outbox);
        Assert.False(service.Emitter.IsOn);
        service.Emitter.Emit(Event("a"));
        Assert.False(Directory.Exists(outbox));
        await service.Log.WaitForAsync("Lineage is not emitted: Lineage:Url is not set");
    }

    private static async Task UntilAsync(Func<bool> done)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!done())
            await Task.Delay(20, patience.Token);
    }
}
