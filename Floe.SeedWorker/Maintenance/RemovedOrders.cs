namespace Floe.SeedWorker.Maintenance;

/// <summary>What <see cref="OrderRetention"/> removed, or would remove.</summary>
/// <param name="Orders">Orders.</param>
/// <param name="Versions">Their rows: an order has one for each change, and duplicates.</param>
/// <param name="Lines">Rows of their lines.</param>
public sealed record RemovedOrders(long Orders, long Versions, long Lines);
