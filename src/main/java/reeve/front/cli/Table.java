package reeve.front.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Columns as wide as their widest cell, two spaces apart. Built and printed by one thread.
final class Table {
    private final List<String> header;
    private final List<List<Cell>> rows = new ArrayList<>();

    /// @param colour of the text; [Paint#NONE] for none
    record Cell(String text, Paint colour) {
        static Cell of(String text) {
            return new Cell(text, Paint.NONE);
        }
    }

    Table(String... header) {
        this.header = List.of(header);
    }

    void row(Cell... cells) {
        rows.add(List.of(cells));
    }

    void print(Surroundings around) {
        int[] widths = new int[header.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = Math.max(header.get(i).length(), rows.stream().mapToInt(row -> width(row.get(column))).max().orElse(0));
        }
        around.out().println(line(header.stream().map(Cell::of).toList(), widths, false));
        rows.forEach(row -> around.out().println(line(row, widths, around.colour())));
    }

    private static int width(Cell cell) {
        return Printable.line(cell.text()).length();
    }

    private static String line(List<Cell> cells, int[] widths, boolean colour) {
        var parts = new ArrayList<String>();
        for (int i = 0; i < cells.size(); i++) {
            String text = Printable.line(cells.get(i).text());
            String space = i == cells.size() - 1 ? "" : " ".repeat(widths[i] - text.length());
            parts.add(cells.get(i).colour().on(text, colour) + space);
        }
        return parts.stream().collect(Collectors.joining("  ")).stripTrailing();
    }
}
