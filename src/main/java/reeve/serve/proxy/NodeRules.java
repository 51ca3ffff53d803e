package reeve.serve.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reeve.base.Jitter;
import reeve.model.HeaderChanges;
import reeve.model.HeaderText;
import reeve.model.RouteEdge;
import reeve.serve.edge.EdgeRules;

/// What is done for every request, whichever route takes it, made ready for one loop.
/// @param rules of all routes; null for none
/// @param ids   null where requests get none of their own
/// @param plan  what is kept of each head for the access log; null for nothing
record NodeRules(@Nullable EdgeRules rules, @Nullable RequestIds ids, @Nullable LogPlan plan) {

    /// @return null where nothing is done
    static @Nullable NodeRules of(ProxyNotes notes, Jitter jitter, boolean logged) {
        var lines = new ArrayList<HeaderChanges.Line>();
        RequestIds ids = null;
        if (notes.requestIds().isPresent()) {
            ProxyNotes.Ids given = notes.requestIds().get();
            lines.add(new HeaderChanges.Line(given.header(), new HeaderText("{request_id}")));
            ids = new RequestIds(jitter, given.header().toLowerCase(Locale.ROOT), given.believed());
        }
        var changes = new HeaderChanges(lines, List.of(), List.of());
        LogPlan plan = logged ? LogPlan.of(notes.log()) : null;
        if (changes.isNone() && plan == null) {
            return null;
        }
        return new NodeRules(changes.isNone() ? null : EdgeRules.of(Optional.of(new RouteEdge(changes, changes))), ids, plan);
    }
}
