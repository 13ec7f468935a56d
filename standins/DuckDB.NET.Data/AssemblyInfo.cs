// Structures cross P/Invoke by their plain bytes; no runtime marshalling decides otherwise.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Floe.Tests")]
