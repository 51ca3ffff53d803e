package reeve.run.reconcile;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.run.supervise.Instance;

/// Writes what becomes of instances into the journal: whatever happens to one that behaves, but of one that fails again and again only
/// its first falls, those for a reason not seen before, and those with a round number. What such an instance is in between is written
/// where it lasts. So a loop of crashes pushes nothing else out of the journal. Any thread.
final class Telling {
    /// As many falls in a row are written with all that comes between them.
    static final int WHOLE = 5;
    static final Duration LASTS = Duration.ofSeconds(10);
    private static final int MOST_REASONS = 8;

    private final Journal journal;
    private final Time time;
    private final Map<InstanceId, Row> rows = new HashMap<>();

    /// Falls of one instance in a row. Guarded by the outer object.
    private static final class Row {
        final Set<String> reasons = new HashSet<>();
        int falls;
        /// Whether it is left out what it is between two falls.
        boolean folded;
        /// Counts changes, so that one that lasted is told from one that did not.
        int turn;

        /// Whether it is the first for this reason, as far as reasons are remembered; how long it lived is no part of one.
        boolean isNew(String reason) {
            return reasons.size() < MOST_REASONS && reasons.add(reason.replaceAll("; starts again in .*| after [0-9hms.]+", ""));
        }
    }

    /// What a state means to one that fails again and again.
    private enum Kind { FALL, BETWEEN, OVER }

    Telling(Journal journal, Time time) {
        this.journal = journal;
        this.time = time;
    }

    private static Kind kind(InstanceState state) {
        return switch (state) {
            case BACKING_OFF, CONFLICT -> Kind.FALL;
            case STARTING, RUNNING, UNHEALTHY, REPLACING, WAKING -> Kind.BETWEEN;
            case FALLING_ASLEEP, ASLEEP, STOPPING, STOPPED, DISABLED, FAILED, DONE, UNKNOWN -> Kind.OVER;
        };
    }

    synchronized void changed(InstanceId id, Instance before, Instance after) {
        if (after.restarts() == 0) { // the first run, or the first since a user asked for one
            rows.remove(id);
        }
        switch (kind(after.shown())) {
            case FALL -> fall(id, before, after);
            case BETWEEN -> {
                Row row = rows.get(id);
                if (row == null || !row.folded) {
                    write(id, before, after, again(before, after));
                } else {
                    int turn = ++row.turn;
                    time.after(LASTS, () -> lasted(id, row, turn, before, after));
                }
            }
            case OVER -> {
                rows.remove(id);
                write(id, before, after, after.reason());
            }
        }
    }

    private void fall(InstanceId id, Instance before, Instance after) {
        Row row = rows.computeIfAbsent(id, _ -> new Row());
        boolean whole = !row.folded;
        row.falls = after.shown() == InstanceState.CONFLICT ? row.falls + 1 : after.failures().total();
        row.folded = row.falls >= WHOLE;
        row.turn++;
        if (row.isNew(after.reason()) || whole || row.falls == nextRound(row.falls - 1)) {
            write(id, before, after, !row.folded ? after.reason()
                    : after.reason() + "; " + row.falls + " times in a row, told again the " + nextRound(row.falls) + "th");
        }
    }

    /// The next of 10, 20, 50, 100 … 1000, 2000, 3000 …
    static int nextRound(int number) {
        for (int unit = 10; unit < 1000; unit *= 10) {
            for (int factor : new int[] {1, 2, 5}) {
                if (unit * factor > number) {
                    return unit * factor;
                }
            }
        }
        return (number / 1000 + 1) * 1000;
    }

    /// The entry before says why.
    private static String again(Instance before, Instance after) {
        return kind(before.shown()) == Kind.FALL && after.reason().endsWith(cause(before)) ? "starting again" : after.reason();
    }

    private static String cause(Instance fallen) {
        return fallen.reason().replaceFirst("; starts again in .*", "");
    }

    private synchronized void lasted(InstanceId id, Row row, int turn, Instance before, Instance after) {
        if (rows.get(id) == row && row.turn == turn) {
            row.folded &= after.shown() != InstanceState.RUNNING;
            write(id, before, after, after.reason());
        }
    }

    synchronized void forget(InstanceId id) {
        rows.remove(id);
    }

    private void write(InstanceId id, Instance before, Instance after, String why) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("before", before.shown().word());
        after.live().or(before::live).ifPresent(live -> facts.put("pid", String.valueOf(live.run().pid())));
        if (after.restarts() > 0) {
            facts.put("restarts", String.valueOf(after.restarts()));
        }
        journal.append(id.toString(), after.shown().word(), why, facts);
    }
}
