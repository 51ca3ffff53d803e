package reeve.run.boot;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.model.PassReport;

/// Makes one pass: each stage in its order, whatever becomes of the others, and one report of all.
final class Passes {
    private static final Logger LOG = LoggerFactory.getLogger(Passes.class);

    private final List<Stage> stages;

    Passes(List<Stage> stages) {
        this.stages = List.copyOf(stages);
    }

    /// Blocks as long as the stages do; throws nothing.
    PassReport pass() {
        int looked = 0;
        var actions = new ArrayList<PassReport.Action>();
        var failures = new ArrayList<PassReport.Failed>();
        for (Stage stage : stages) {
            PassReport report = one(stage);
            looked += report.looked();
            actions.addAll(report.actions());
            failures.addAll(report.failures());
        }
        var report = new PassReport(looked, actions, failures);
        log(report);
        return report;
    }

    private static PassReport one(Stage stage) {
        try {
            return stage.work().get();
        } catch (RuntimeException | Error e) { // a fault in one stage is no reason to leave the others out, or to stop passing
            LOG.error("cannot complete a stage: stage={}", stage.name(), e);
            return new PassReport(1, List.of(), List.of(new PassReport.Failed(stage.name(), String.valueOf(e.getMessage()))));
        }
    }

    private static void log(PassReport report) {
        report.actions().forEach(action -> LOG.debug("pass: {} {}", action.what(), action.subject()));
        report.failures().forEach(failed -> LOG.warn("not as it should be: subject={} reason={}", failed.subject(), failed.reason()));
        if (report.failures().isEmpty()) {
            LOG.debug("pass: count={}", report.looked());
        } else {
            LOG.warn("pass: ok={} failed={}", report.looked() - report.failures().size(), report.failures().size());
        }
    }
}
