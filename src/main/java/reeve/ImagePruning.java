package reeve;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.model.Failure;
import reeve.model.PassReport;
import reeve.model.ServiceId;

/// The stage of a pass that removes images nobody needs any more, once an hour at most: it is about space, and nothing waits for it.
final class ImagePruning {
    static final Duration BETWEEN = Duration.ofHours(1);

    private final Supplier<Set<ServiceId>> services;
    private final ToIntFunction<Set<ServiceId>> prune;
    private final Time time;
    private @Nullable Elapsed next;

    /// @param services those that are declared, or would be by going back to a revision
    /// @param prune    removes what was fetched for others; says how many
    ImagePruning(Supplier<Set<ServiceId>> services, ToIntFunction<Set<ServiceId>> prune, Time time) {
        this.services = services;
        this.prune = prune;
        this.time = time;
    }

    /// Blocks while it removes.
    synchronized PassReport pass() {
        if (next != null && !time.elapsed().reached(next)) {
            return PassReport.NOTHING;
        }
        next = time.elapsed().plus(BETWEEN);
        try {
            int removed = prune.applyAsInt(services.get());
            return removed == 0 ? PassReport.NOTHING
                    : new PassReport(removed, List.of(new PassReport.Action("images", "remove")), List.of());
        } catch (Failure e) {
            return new PassReport(0, List.of(), List.of(new PassReport.Failed("images", String.valueOf(e.getMessage()))));
        }
    }
}
