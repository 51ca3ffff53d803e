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
/// @param rules  of all routes; null for none
/// @param anew   the same for requests whose trace begins here
/// @param ids    null where requests get none of their own
/// @param traces null where requests are not traced
/// @param plan   what is kept of each head for the access log; null for nothing
record NodeRules(@Nullable EdgeRules rules, @Nullable EdgeRules anew, @Nullable RequestIds ids, ProxyNotes.@Nullable Traces traces,
        @Nullable LogPlan plan) {

    /// @param logged  whether there is an access log
    /// @param counted whether requests are counted by route
    /// @return null where nothing is done
    static @Nullable NodeRules of(ProxyNotes notes, Jitter jitter, boolean logged, boolean counted) {
        var request = new ArrayList<HeaderChanges.Line>();
        var response = new ArrayList<HeaderChanges.Line>();
        RequestIds ids = null;
        if (notes.requestIds().isPresent()) {
            ProxyNotes.Ids given = notes.requestIds().get();
            var line = new HeaderChanges.Line(given.header(), new HeaderText("{request_id}"));
            request.add(line);
            response.add(line);
            ids = new RequestIds(jitter, given.header().toLowerCase(Locale.ROOT), given.believed());
        }
        if (notes.traces().isPresent()) {
            request.add(new HeaderChanges.Line("traceparent", new HeaderText("{traceparent}")));
        }
        LogPlan plan = logged ? LogPlan.of(notes.log()) : null;
        if (request.isEmpty() && plan == null && !counted) {
            return null;
        }
        return new NodeRules(rules(request, response, List.of()), rules(request, response, List.of("tracestate")), ids,
                notes.traces().orElse(null), plan);
    }

    private static @Nullable EdgeRules rules(List<HeaderChanges.Line> request, List<HeaderChanges.Line> response, List<String> remove) {
        return request.isEmpty() ? null : EdgeRules.of(Optional.of(new RouteEdge(new HeaderChanges(request, List.of(), remove),
                new HeaderChanges(response, List.of(), List.of()))));
    }
}
