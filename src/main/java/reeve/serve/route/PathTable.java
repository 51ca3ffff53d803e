package reeve.serve.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reeve.base.regex.LinearPattern;
import reeve.model.PathKind;
import reeve.model.RouteHandling.AmbiguousPaths;
import reeve.model.RouteSpec;

/// The routes of one host by path. A lookup walks the path once and asks at each end of a segment. Never changed: an [Editor]
/// makes the next one.
final class PathTable {
    private static final RouteEntry[] NONE = {};
    static final PathTable EMPTY = new PathTable(NONE, null, null, List.of(), 0);

    private final RouteEntry[] root;
    private final @Nullable OctetMap<RouteEntry[]> prefixes; // none where a host has only `/`, as most have
    private final @Nullable OctetMap<RouteEntry[]> exact;
    private final List<Expression> expressions;
    private final int deepest;
    private final @Nullable RouteEntry only;
    private volatile @Nullable ClientDemands demands; // found out when first asked for: that takes a walk over all routes

    private PathTable(RouteEntry[] root, @Nullable OctetMap<RouteEntry[]> prefixes, @Nullable OctetMap<RouteEntry[]> exact,
            List<Expression> expressions, int deepest) {
        this.root = root;
        this.prefixes = prefixes;
        this.exact = exact;
        this.expressions = expressions;
        this.deepest = deepest;
        boolean alone = root.length == 1 && prefixes == null && exact == null && expressions.isEmpty() && root[0].isUnconditional()
                && root[0].route().spec().handling().ambiguous() != AmbiguousPaths.REFUSE;
        this.only = alone ? root[0] : null;
    }

    /// The routes of one regular expression.
    /// @param literal length of the text that every match begins with
    private record Expression(String text, LinearPattern pattern, int literal, RouteEntry[] entries) {
        static final Comparator<Expression> ORDER = Comparator.comparingInt(Expression::literal)
                .thenComparingInt(expression -> expression.text.length()).reversed().thenComparing(Expression::text);
    }

    /// `/a/` covers what `/a` covers; `/` is the empty prefix.
    static byte[] prefix(String path) {
        byte[] normal = NormalPath.of(path);
        boolean slash = normal[normal.length - 1] == '/';
        return slash ? Arrays.copyOf(normal, normal.length - 1) : normal;
    }

    boolean isEmpty() {
        return root.length == 0 && prefixes == null && exact == null && expressions.isEmpty();
    }

    /// @return null where no route takes it
    @Nullable RouteEntry match(RouteRequest request) {
        if (only != null) { // whatever the path
            return only;
        }
        request.readPath();
        RouteEntry found = exact == null ? null : first(atPath(exact, request), request);
        return found == null ? longest(request) : found;
    }

    private static RouteEntry @Nullable [] atPath(OctetMap<RouteEntry[]> exact, RouteRequest request) {
        byte[] bytes = request.path();
        int hash = OctetMap.SEED;
        for (int at = request.pathFrom(); at < request.pathTo(); at++) {
            hash = OctetMap.hash(hash, bytes[at]);
        }
        return exact.get(bytes, request.pathFrom(), request.pathTo(), hash);
    }

    private static @Nullable RouteEntry first(RouteEntry @Nullable [] entries, RouteRequest request) {
        if (entries != null) {
            for (RouteEntry entry : entries) {
                if (entry.accepts(request)) {
                    return entry;
                }
            }
        }
        return null;
    }

    /// The longest prefix of whole segments, unless an expression begins with as much text or more.
    private @Nullable RouteEntry longest(RouteRequest request) {
        byte[] bytes = request.path();
        int from = request.pathFrom();
        int to = request.pathTo();
        RouteEntry best = first(root, request);
        int length = 0;
        OctetMap<RouteEntry[]> table = prefixes;
        if (table != null && from < to) {
            int hash = OctetMap.hash(OctetMap.SEED, bytes[from]);
            int left = deepest;
            for (int at = from + 1; left > 0 && at <= to; at++) {
                if (at == to || bytes[at] == '/') {
                    RouteEntry found = first(table.get(bytes, from, at, hash), request);
                    if (found != null) {
                        best = found;
                        length = at - from;
                    }
                    left--;
                }
                if (at < to) {
                    hash = OctetMap.hash(hash, bytes[at]);
                }
            }
        }
        return expressions.isEmpty() ? best : expression(request, best, length);
    }

    private @Nullable RouteEntry expression(RouteRequest request, @Nullable RouteEntry best, int length) {
        String path = request.pathText();
        for (Expression expression : expressions) {
            if (best != null && expression.literal < length) {
                return best;
            }
            RouteEntry found = expression.pattern.matches(path) ? first(expression.entries, request) : null;
            if (found != null) {
                return found;
            }
        }
        return best;
    }

    /// All that cover a request's path, whatever their conditions, in the order in which they would take it. For people.
    void covering(RouteRequest request, Consumer<RouteEntry> consumer) {
        request.readPath();
        String path = request.pathText();
        if (exact != null) {
            each(atPath(exact, request), consumer);
        }
        record Place(int length, RouteEntry[] entries) {}
        var places = new ArrayList<Place>();
        expressions.stream().filter(expression -> expression.pattern.matches(path))
                .forEach(expression -> places.add(new Place(expression.literal, expression.entries)));
        if (prefixes != null) {
            for (int at = path.length(); at > 0; at = path.lastIndexOf('/', at - 1)) {
                byte[] key = Arrays.copyOfRange(request.path(), request.pathFrom(), request.pathFrom() + at);
                RouteEntry[] entries = prefixes.get(key, 0, at, hash(key));
                if (entries != null) {
                    places.add(new Place(at, entries));
                }
            }
        }
        places.add(new Place(0, root));
        places.sort(Comparator.comparingInt(Place::length).reversed());
        places.forEach(place -> each(place.entries, consumer));
    }

    void forEach(Consumer<RouteEntry> consumer) {
        each(root, consumer);
        if (prefixes != null) {
            prefixes.forEach(entries -> each(entries, consumer));
        }
        if (exact != null) {
            exact.forEach(entries -> each(entries, consumer));
        }
        expressions.forEach(expression -> each(expression.entries, consumer));
    }

    /// What its routes ask clients to prove.
    ClientDemands demands() {
        ClientDemands known = demands;
        if (known == null) {
            var entries = new ArrayList<RouteEntry>();
            forEach(entry -> entries.addAll(entry.all()));
            known = ClientDemands.of(entries);
            demands = known;
        }
        return known;
    }

    private static void each(RouteEntry @Nullable [] entries, Consumer<RouteEntry> consumer) {
        if (entries != null) {
            for (RouteEntry entry : entries) {
                consumer.accept(entry);
            }
        }
    }

    private static int hash(byte[] key) {
        int hash = OctetMap.SEED;
        for (byte b : key) {
            hash = OctetMap.hash(hash, b);
        }
        return hash;
    }

    Editor edit() {
        return new Editor(this);
    }

    /// Makes the next table. One thread.
    static final class Editor {
        private RouteEntry[] root;
        private OctetMap.@Nullable Editor<RouteEntry[]> prefixes;
        private OctetMap.@Nullable Editor<RouteEntry[]> exact;
        private List<Expression> expressions;
        private int deepest;

        private Editor(PathTable table) {
            root = table.root;
            prefixes = table.prefixes == null ? null : table.prefixes.edit();
            exact = table.exact == null ? null : table.exact.edit();
            expressions = table.expressions;
            deepest = table.deepest;
        }

        @Nullable RouteEntry at(Place place) {
            for (RouteEntry entry : entries(place)) {
                if (entry.route().spec().when().equals(place.when())) {
                    return entry;
                }
            }
            return null;
        }

        /// @param entry takes the place of the one that is there; null: there shall be none
        void set(Place place, @Nullable RouteEntry entry) {
            var entries = new ArrayList<>(List.of(entries(place)));
            entries.removeIf(other -> other.route().spec().when().equals(place.when()));
            if (entry != null) {
                entries.add(entry);
                entries.sort(Comparator.comparingInt((RouteEntry each) -> each.route().spec().when().count()).reversed()
                        .thenComparing(each -> each.route().spec().when().toString()));
            }
            put(place, entries.isEmpty() ? NONE : entries.toArray(NONE));
        }

        private RouteEntry[] entries(Place place) {
            byte[] key = place.key();
            RouteEntry[] found = switch (place.kind()) {
                case PREFIX -> key.length == 0 ? root : prefixes == null ? NONE : prefixes.get(key, hash(key));
                case EXACT -> exact == null ? NONE : exact.get(key, hash(key));
                case REGEX -> expressions.stream().filter(expression -> expression.text.equals(place.path())).findFirst()
                        .map(Expression::entries).orElse(NONE);
            };
            return found == null ? NONE : found;
        }

        private void put(Place place, RouteEntry[] entries) {
            byte[] key = place.key();
            switch (place.kind()) {
                case PREFIX -> {
                    if (key.length == 0) {
                        root = entries;
                        return;
                    }
                    prefixes = put(prefixes, key, entries);
                    int depth = 0;
                    for (byte b : key) {
                        depth += b == '/' ? 1 : 0;
                    }
                    deepest = Math.max(deepest, depth);
                }
                case EXACT -> exact = put(exact, key, entries);
                case REGEX -> expression(place.path(), entries);
            }
        }

        private static OctetMap.Editor<RouteEntry[]> put(OctetMap.@Nullable Editor<RouteEntry[]> map, byte[] key, RouteEntry[] entries) {
            OctetMap.Editor<RouteEntry[]> edited = map == null ? OctetMap.<RouteEntry[]>empty(false).edit() : map;
            if (entries.length == 0) {
                edited.remove(key, hash(key));
            } else {
                edited.put(key, hash(key), entries);
            }
            return edited;
        }

        private void expression(String text, RouteEntry[] entries) {
            var next = new ArrayList<>(expressions);
            next.removeIf(expression -> expression.text.equals(text));
            if (entries.length > 0) {
                LinearPattern pattern = entries[0].pattern().orElseThrow();
                next.add(new Expression(text, pattern, pattern.literalPrefix().length(), entries));
            }
            next.sort(Expression.ORDER);
            expressions = List.copyOf(next);
        }

        PathTable done() {
            return new PathTable(root, done(prefixes), done(exact), expressions, deepest);
        }

        private static @Nullable OctetMap<RouteEntry[]> done(OctetMap.@Nullable Editor<RouteEntry[]> map) {
            OctetMap<RouteEntry[]> made = map == null ? null : map.done();
            return made == null || made.size() == 0 ? null : made;
        }
    }
}
