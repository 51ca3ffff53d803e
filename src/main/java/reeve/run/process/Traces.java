package reeve.run.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reeve.base.Patience;
import reeve.base.os.Controllers;
import reeve.base.os.OsException;
import reeve.base.os.ProcessFacts;
import reeve.base.os.ProcessSet;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.run.process.Records.Identity;
import reeve.run.process.Records.Intent;

/// What the last run of an instance left behind: in its folder, in `/proc` and in cgroups. Any thread; never two for one instance.
/// @param boot of this machine
record Traces(String boot) {
    /// A shim needs milliseconds from its spawn to its record, and from the end of its program to its last one.
    private static final Duration SHIM_WORKS = Duration.ofSeconds(5);

    /// What is found about the last run.
    sealed interface Observed {
        record Running(Intent intent, Identity identity) implements Observed {}

        record Ended(Intent intent, Identity identity, Exit exit) implements Observed {}

        /// Intended, but no program was started and none will be.
        record NeverRan(Intent intent) implements Observed {}

        record Nothing() implements Observed {}
    }

    Observed observe(InstanceFolder folder) throws IOException {
        Optional<Intent> found = folder.intent();
        if (found.isEmpty()) {
            return new Observed.Nothing();
        }
        Intent intent = found.get();
        if (folder.identity(intent.run()).isEmpty() && intent.boot().equals(boot)) {
            endUnfinishedStart(folder, intent.run());
        }
        Optional<Identity> recorded = folder.identity(intent.run());
        if (recorded.isEmpty()) {
            return new Observed.NeverRan(intent);
        }
        Identity identity = recorded.get();
        if (identity.alive(boot)) {
            return new Observed.Running(intent, identity);
        }
        return new Observed.Ended(intent, identity, exit(folder, identity));
    }

    /// A Reeve that was killed may have left a shim that is about to start the program: waits until it has, or is gone.
    private static void endUnfinishedStart(InstanceFolder folder, String run) {
        Patience.within(SHIM_WORKS, () -> recorded(folder, run) || bearers(run).isEmpty());
        if (!recorded(folder, run)) {
            bearers(run).forEach(bearer -> Processes.signal(bearer.pid(), bearer.startTicks(), Processes.SIGKILL));
        }
    }

    private static boolean recorded(InstanceFolder folder, String run) {
        try {
            return folder.identity(run).isPresent();
        } catch (IOException e) {
            throw new OsException("cannot read " + folder.path() + ": " + e.getMessage(), e);
        }
    }

    /// All processes that were started with the cookie of a run.
    private static List<ProcessFacts> bearers(String run) {
        String cookie = Records.COOKIE + "=" + run;
        return Processes.all(facts -> Processes.startedWith(facts.pid(), cookie));
    }

    /// How a run ended whose program is gone; waits for its shim to write it down.
    Exit exit(InstanceFolder folder, Identity identity) throws IOException {
        if (identity.boot().equals(boot)) {
            Patience.within(SHIM_WORKS, () -> !Processes.alive(identity.shim(), identity.shimStartTicks()));
        }
        return folder.end(identity.run()).orElseGet(Exit.Unknown::new);
    }

    /// Kills what a run that has ended left running, and removes what was made for it. By the cgroup, which has its name, or by
    /// the cookie; never by a number that may be somebody else's by now.
    void sweep(Intent intent, Identity identity) {
        killMembers(intent);
        if (identity.cgroup().isEmpty()) {
            killBearers(intent, identity.shim());
        }
        remove(intent);
    }

    /// The same for a run that has no shim which stays.
    void sweep(Intent intent) {
        killMembers(intent);
        killBearers(intent, 0);
        remove(intent);
    }

    private static void killMembers(Intent intent) {
        intent.cgroup().map(ProcessSet::ofCgroup).ifPresent(ProcessSet::kill);
        intent.limits().values().forEach(Controllers::killMembers);
    }

    private void killBearers(Intent intent, long spared) {
        if (intent.boot().equals(boot)) {
            bearers(intent.run()).stream()
                    .filter(bearer -> bearer.pid() != spared)
                    .forEach(bearer -> Processes.signal(bearer.pid(), bearer.startTicks(), Processes.SIGKILL));
        }
    }

    /// Removes what was made for a run of which nothing runs.
    static void remove(Intent intent) {
        intent.cgroup().map(ProcessSet::ofCgroup).ifPresent(ProcessSet::remove);
        intent.limits().values().forEach(Controllers::remove);
        intent.belongings().ifPresent(Belongings::remove);
    }
}
