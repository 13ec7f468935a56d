namespace Floe.SeedWorker.Generation;

/// <summary>States of an order, in the order of <see cref="Lakehouse.Contract.Shop.OrderStatuses"/>.</summary>
public enum OrderStatus
{
    Pending,
    Processing,
    Shipped,
    Delivered,
    Cancelled,
}
