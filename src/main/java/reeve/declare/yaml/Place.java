package reeve.declare.yaml;

import java.util.Comparator;

/// A place in a file.
/// @param line   from 1; 0 where there is none
/// @param column from 1, counted in characters; 0 where there is none
public record Place(int line, int column) implements Comparable<Place> {
    public static final Place NONE = new Place(0, 0);
    private static final Comparator<Place> ORDER = Comparator.comparingInt(Place::line).thenComparingInt(Place::column);

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }
}
