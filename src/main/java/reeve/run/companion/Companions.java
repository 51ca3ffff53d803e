package reeve.run.companion;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.NodeName;
import reeve.model.PassReport;
import reeve.run.companion.UnitFolder.Ours;
import reeve.run.companion.UnitFolder.Written;

/// The last stage of a pass: makes the units that systemd has equal to what is wanted. A unit exists exactly as long as its
/// companion shall run. What goes wrong with one companion is reported and concerns no other.
public final class Companions {
    private static final Logger LOG = LoggerFactory.getLogger(Companions.class);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATE = Duration.ofSeconds(30); // another pass comes anyway
    private static final Path PODMAN = Path.of("/usr/bin/podman");

    private final Systemd systemd;
    private final UnitFolder folder;
    private final NodeName node;
    private final Consumer<List<InstanceStatus>> shown;
    private final Journal journal;
    private final Time time;
    private final Map<InstanceId, InstanceStatus> known = new HashMap<>();
    private Duration next = SOON;

    /// @param shown told after each pass how every companion stands
    Companions(Systemd systemd, UnitFolder folder, NodeName node, Consumer<List<InstanceStatus>> shown, Journal journal, Time time) {
        this.systemd = systemd;
        this.folder = folder;
        this.node = node;
        this.shown = shown;
        this.journal = journal;
        this.time = time;
    }

    /// Through the machine's systemd where root runs Reeve, else through the user's own.
    /// @param user        who runs Reeve; empty for root
    /// @param home        of that user
    /// @param environment of the commands; for a user with `XDG_RUNTIME_DIR`
    public static Companions of(Optional<String> user, Path home, Path state, Map<String, String> environment, NodeName node,
            Consumer<List<InstanceStatus>> shown, Journal journal, Time time) {
        var folder = user.isEmpty() ? new UnitFolder(Path.of("/etc/containers/systemd"), Path.of("/etc/systemd/system"), state)
                : new UnitFolder(home.resolve(".config/containers/systemd"), home.resolve(".config/systemd/user"), state);
        return new Companions(new Systemctl(user, environment), folder, node, shown, journal, time);
    }

    /// One pass over all that are declared. What it starts is looked at again soon, by another pass that it asks for; what takes
    /// longer to come up, less and less often.
    /// @param soon asks for one
    public PassReport pass(List<Companion> companions, Runnable soon) {
        var pass = new Pass();
        try {
            pass.over(companions);
        } catch (Failure e) { // systemd does not answer, or its folders cannot be read
            pass.refuse(companions, String.valueOf(e.getMessage()));
        }
        known.keySet().retainAll(companions.stream().map(Companion::id).toList());
        shown.accept(companions.stream().map(companion -> known.get(companion.id())).toList());
        boolean coming = known.values().stream().anyMatch(status -> status.state() == InstanceState.STARTING);
        if (!pass.actions.isEmpty()) {
            next = SOON;
        } else {
            next = coming && next.compareTo(LATE) < 0 ? next.multipliedBy(2) : LATE;
        }
        if (next.compareTo(LATE) < 0) {
            time.after(next, soon);
        }
        return new PassReport(companions.size(), pass.actions, pass.failures);
    }

    /// What one pass has found so far.
    private final class Pass {
        private final List<PassReport.Action> actions = new ArrayList<>();
        private final List<PassReport.Failed> failures = new ArrayList<>();
        private final Map<InstanceId, Written> written = new LinkedHashMap<>();
        private boolean reload;

        void over(List<Companion> companions) {
            List<Ours> ours = folder.ours();
            boolean wanted = companions.stream().anyMatch(companion -> companion.wish() instanceof Companion.Wish.Run);
            Optional<String> refusal = wanted || !ours.isEmpty() ? systemd.refusal() : Optional.empty();
            if (refusal.isPresent()) {
                refuse(companions, refusal.get());
                return;
            }
            if (wanted) {
                write(companions);
            }
            takeAway(companions, ours);
            if (reload) {
                systemd.reload();
            }
            start();
            rest(companions);
        }

        private void refuse(List<Companion> companions, String reason) {
            companions.forEach(companion -> {
                if (companion.wish() instanceof Companion.Wish.Run) {
                    fail(companion.id(), InstanceState.FAILED, reason);
                }
            });
            rest(companions);
        }

        private void write(List<Companion> companions) {
            Unit.Form form = systemd.form();
            for (Companion companion : companions) {
                if (companion.wish() instanceof Companion.Wish.Run run) {
                    guarded(companion.id(), () -> {
                        String name = Unit.name(companion.id());
                        var unit = Unit.of(companion.id(), run, form, folder.state(), folder.folder(name), PODMAN);
                        Written now = folder.write(unit, form);
                        written.put(companion.id(), now);
                        if (now.fresh() || now.changed()) {
                            reload = true;
                            act(companion.id(), "write_unit", now.fresh() ? "there was none" : "its declaration changed");
                        }
                    });
                }
            }
        }

        /// Stops first: a unit's file is what a later pass tries again by.
        private void takeAway(List<Companion> companions, List<Ours> ours) {
            var staying = new HashSet<String>();
            companions.stream().filter(companion -> !(companion.wish() instanceof Companion.Wish.Rest))
                    .forEach(companion -> staying.add(Unit.name(companion.id())));
            for (Ours one : ours) {
                if (!staying.contains(one.name())) {
                    try {
                        systemd.stop(one.service());
                        folder.remove(one);
                        reload = true;
                        actions.add(new PassReport.Action(one.name(), "remove_unit"));
                        journal.append(one.name(), "unit_removed", "it shall not run", Map.of());
                    } catch (RuntimeException | Error e) { // the next pass tries again
                        failures.add(new PassReport.Failed(one.name(), String.valueOf(e.getMessage())));
                    }
                }
            }
        }

        private void start() {
            if (written.isEmpty()) {
                return;
            }
            Map<String, Systemd.State> states = systemd.show(written.keySet().stream().map(id -> Unit.name(id) + ".service").toList());
            written.forEach((id, now) -> guarded(id, () -> start(id, now,
                    states.getOrDefault(Unit.name(id) + ".service", Systemd.State.NONE))));
        }

        private void start(InstanceId id, Written now, Systemd.State state) {
            String service = Unit.name(id) + ".service";
            if (!state.known()) {
                throw new Failure(Failure.Kind.UNAVAILABLE, "systemd does not know " + service + systemd.complaint(service));
            }
            if (now.changed() && state.up()) {
                systemd.restart(service);
                act(id, "restart", "its declaration changed");
                show(id, InstanceState.REPLACING, state, "its declaration changed");
            } else if (!state.up()) {
                systemd.start(service);
                act(id, "start", "its unit is " + state.active());
                show(id, InstanceState.STARTING, state, "its unit was " + state.active());
                if (state.active().equals("failed")) {
                    failures.add(new PassReport.Failed(id.toString(), "its unit " + service + " failed, it is started again"));
                }
            } else if (state.active().equals("active")) {
                show(id, InstanceState.RUNNING, state, "its unit is active");
            } else if (state.sub().equals("auto-restart")) {
                fail(id, InstanceState.BACKING_OFF, "its unit " + service + " ended and is started again by systemd");
            } else {
                show(id, InstanceState.STARTING, state, "its unit is " + state.active() + ": " + state.sub());
            }
        }

        private void rest(List<Companion> companions) {
            for (Companion companion : companions) {
                switch (companion.wish()) {
                    case Companion.Wish.Rest(InstanceState state, String reason, boolean failed) -> {
                        if (failed) {
                            fail(companion.id(), state, reason);
                        } else {
                            show(companion.id(), state, Systemd.State.NONE, reason);
                        }
                    }
                    case Companion.Wish.LeaveAlone(String reason) -> fail(companion.id(), InstanceState.UNKNOWN, reason);
                    case Companion.Wish.Run _ -> { } // done before
                }
            }
        }

        private void guarded(InstanceId id, Runnable work) {
            try {
                work.run();
            } catch (RuntimeException | Error e) { // it concerns no other companion
                if (!(e instanceof Failure)) {
                    LOG.error("unexpected failure of a companion: id={}", id, e);
                }
                fail(id, InstanceState.FAILED, String.valueOf(e.getMessage()));
            }
        }

        private void act(InstanceId id, String what, String why) {
            actions.add(new PassReport.Action(id.toString(), what));
            journal.append(id.toString(), what, why, Map.of());
        }

        private void fail(InstanceId id, InstanceState state, String reason) {
            failures.add(new PassReport.Failed(id.toString(), reason));
            show(id, state, Systemd.State.NONE, reason);
        }
    }

    private void show(InstanceId id, InstanceState state, Systemd.State unit, String reason) {
        InstanceStatus before = known.get(id);
        Instant since = before != null && before.state() == state ? before.since() : time.wall();
        OptionalLong pid = unit.pid() == 0 ? OptionalLong.empty() : OptionalLong.of(unit.pid());
        known.put(id, new InstanceStatus(id, node, state, pid, Optional.empty(), unit.restarts(), since, reason));
    }
}
