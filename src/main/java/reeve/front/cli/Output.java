package reeve.front.cli;

import picocli.CommandLine.Option;

/// How a reading verb prints; a part of each of them.
final class Output {
    enum Format { table, json }

    @Option(names = {"-o", "--output"}, paramLabel = "FORMAT", defaultValue = "table", description = "table (default) or json.")
    Format format = Format.table;

    boolean json() {
        return format == Format.json;
    }
}
