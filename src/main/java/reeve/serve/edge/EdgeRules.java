package reeve.serve.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reeve.model.ErrorPages;
import reeve.model.HeaderChanges;
import reeve.model.HeaderText;
import reeve.model.HeaderText.Fact;
import reeve.model.RouteEdge;

/// What becomes of the requests and answers of one route, made ready when its table is built. Immutable.
public final class EdgeRules {
    private final @Nullable HeaderRules request;
    private final @Nullable HeaderRules response;
    private final List<Fact> facts;
    private final @Nullable Pages pages;
    private final @Nullable Pages fallback;
    private final @Nullable CompressionRules compression;
    private final @Nullable ErrorPages replaced;

    private EdgeRules(RouteEdge edge) {
        this.request = HeaderRules.of(edge.request());
        this.response = HeaderRules.of(edge.timing() ? timed(edge.response()) : edge.response());
        this.pages = edge.pages().map(given -> new Pages(given.folder())).orElse(null);
        this.replaced = edge.pages().filter(given -> !given.backends().isEmpty()).orElse(null);
        this.compression = edge.compression().map(CompressionRules::new).orElse(null);
        this.fallback = edge.fallbackFile().map(Pages::new).orElse(null);
        this.facts = Stream.of(Fact.values()).filter(fact -> request != null && request.needs(fact)
                || response != null && response.needs(fact)).toList();
    }

    private static HeaderChanges timed(HeaderChanges changes) {
        var add = new ArrayList<>(changes.add());
        add.add(new HeaderChanges.Line("Server-Timing", new HeaderText("{server_timing}")));
        return new HeaderChanges(changes.set(), add, changes.remove());
    }

    /// @return null where they pass as they are
    public static @Nullable EdgeRules of(Optional<RouteEdge> edge) {
        return edge.map(EdgeRules::new).orElse(null);
    }

    /// Null where requests go on as they are.
    public @Nullable HeaderRules request() {
        return request;
    }

    /// Null where answers go on as they are.
    public @Nullable HeaderRules response() {
        return response;
    }

    /// In the place of errors; null for Reeve's own.
    public @Nullable Pages pages() {
        return pages;
    }

    /// Sent with 200 where the backend answers 404; null for none.
    public @Nullable Pages fallback() {
        return fallback;
    }

    /// Which answers are compressed; null for none.
    public @Nullable CompressionRules compression() {
        return compression;
    }

    /// Whether a backend's answer is replaced by one of the proxy's.
    public boolean replaces(int status) {
        return replaced != null && replaced.replaces(status) || fallback != null && status == 404;
    }

    /// What is needed to fill in values.
    public List<Fact> facts() {
        return facts;
    }

    /// Whether some value needs to be filled in with it.
    public boolean needs(Fact fact) {
        return facts.contains(fact);
    }
}
