namespace Floe.SeedWorker.Generation;

/// <summary>Names of products by category. Two products of a shop never have the same name.</summary>
internal static class ProductNames
{
    private static readonly string[] s_series =
    [
        "Alder", "Aurora", "Basalt", "Cedar", "Cinder", "Cobalt", "Delta", "Ember", "Fjord", "Glacier",
        "Harbor", "Indigo", "Juniper", "Lumen", "Meridian", "Nimbus", "Onyx", "Prairie", "Quartz", "Ridge",
        "Saffron", "Summit", "Tundra", "Vesper", "Willow",
    ];

    private static readonly string[] s_grades = ["Classic", "Compact", "Essential", "Lite", "Plus", "Premium", "Pro", "Studio"];

    // In the order of Shop.Categories.
    private static readonly string[][] s_things =
    [
        ["Phone", "Tablet", "Laptop", "Headphones", "Speaker", "Camera", "Keyboard", "Monitor", "Charger", "Smartwatch"],
        ["T-Shirt", "Jacket", "Trousers", "Dress", "Trainers", "Sweater", "Scarf", "Raincoat", "Shirt", "Socks"],
        ["Lamp", "Chair", "Table", "Rug", "Cushion", "Kettle", "Planter", "Bookshelf", "Duvet", "Garden Hose"],
        ["Football", "Racket", "Dumbbells", "Yoga Mat", "Backpack", "Tent", "Bicycle Helmet", "Water Bottle", "Skis", "Running Vest"],
        ["Field Guide", "Novel", "Cookbook", "Atlas", "Handbook", "Reader", "Almanac", "Memoir", "Workbook", "Anthology"],
    ];

    /// <summary>The name of a product row in a category.</summary>
    public static string Pick(int category, long row)
    {
        var things = s_things[category];
        var combinations = s_series.Length * s_grades.Length * things.Length;
        // The step has no factor in common with the number of combinations: all are used once before one comes again.
        var (round, position) = Math.DivRem(row, combinations);
        var index = (int)(position * 1_237 % combinations);
        var name = $"{s_series[index % s_series.Length]} {s_grades[index / s_series.Length % s_grades.Length]} {things[index / (s_series.Length * s_grades.Length)]}";
        return round == 0 ? name : $"{name} {round + 1}";
    }
}
