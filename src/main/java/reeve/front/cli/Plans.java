package reeve.front.cli;

import java.util.ArrayList;
import java.util.List;
import reeve.model.ManifestSource;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.PlanAnswer;

/// What applying does or would do, for people.
final class Plans {
    private Plans() {}

    static ApplyRequest request(ManifestSource source) {
        return new ApplyRequest(source.file().toString(), source.text(), source.variables());
    }

    static List<String> lines(PlanAnswer plan, boolean applied) {
        var lines = new ArrayList<String>();
        plan.warnings().forEach(warning -> lines.add("warning: " + warning));
        if (plan.changes().isEmpty()) {
            lines.add(plan.app() + ": nothing " + (applied ? "changed" : "would change"));
        } else {
            lines.add(plan.app() + ": " + (applied ? "applied" : "would change"));
            plan.changes().forEach(change -> lines.add("  " + change.action() + " " + change.subject() + ": " + change.reason()
                    + (applied ? "" : cost(change))));
        }
        return lines;
    }

    /// What a change costs those who use the service now.
    private static String cost(PlanAnswer.ChangeRow change) {
        String gap = change.order() == null ? "" : change.order().equals("start_first") ? "; start-first: no gap" : "; stop-first: a gap";
        Integer requests = change.inFlight();
        return gap + (requests == null ? "" : "; " + (requests == 1 ? "1 request" : requests + " requests") + " in flight now");
    }

    static void print(Surroundings around, PlanAnswer plan, boolean applied) {
        lines(plan, applied).forEach(line -> around.out().println(Printable.line(line)));
    }
}
