namespace Floe.SeedWorker.Generation;

/// <summary>A customer of the truth. Times in <see cref="Micros"/>.</summary>
public readonly record struct Customer(long Row, Guid Id, string Name, string Email, string Region, long CreatedAt, long UpdatedAt);

/// <summary>A product of the truth. Times in <see cref="Micros"/>, money in cents.</summary>
public readonly record struct Product(long Row, Guid Id, string Name, string Category, long Price, long CreatedAt, long UpdatedAt);

/// <summary>An order of the truth, in its state at the batch's clock. Times in <see cref="Micros"/>, money in cents.</summary>
/// <param name="Row">Row number over all batches.</param>
/// <param name="Total">Sum of the lines' subtotals.</param>
/// <param name="ShippedDate">Empty until shipped.</param>
/// <param name="FirstLine">Row number of its first line; its lines follow one another.</param>
public readonly record struct Order(
    long Row, Guid Id, int Customer, Guid CustomerId, string Status, long Total, long OrderDate, long? ShippedDate, long UpdatedAt, long FirstLine, int Lines);

/// <summary>A line of the truth. Money in cents, <c>Subtotal = Quantity * UnitPrice - Discount</c>.</summary>
public readonly record struct OrderLine(
    long Row, Guid Id, Guid OrderId, int Product, Guid ProductId, int Quantity, long UnitPrice, long Discount, long Subtotal, long UpdatedAt);
