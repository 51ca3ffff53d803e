package reeve.base.os;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import reeve.base.Patience;

/// All processes of one program, as the kernel keeps them together: a cgroup, or the program's session where cgroups are
/// not writable. Calls may block up to their bound; never two at a time for one set.
public sealed interface ProcessSet {
    Duration ENOUGH_TO_STAND_STILL = Duration.ofMillis(200);

    /// Pids of those that are not gone.
    List<Long> members();

    /// Suspends all. When it returns, none of them runs.
    /// @throws OsException when they cannot be suspended within two seconds; they then run on
    void freeze();

    /// Lets all run on. Does nothing where they are not suspended.
    void thaw();

    boolean frozen();

    /// Kills all, also suspended ones, until none is left or a second has passed.
    /// @return whether none is left
    boolean kill();

    /// Removes what the set needed in the kernel; does nothing while members are left.
    void remove();

    /// The set of a program that was started in a cgroup made by [Cgroups].
    static ProcessSet ofCgroup(Path folder) {
        return Cgroups.isUnified(folder) ? new UnifiedCgroup(folder) : new FreezerCgroup(folder);
    }

    /// The set of a program that leads its own session. A process that opened a session of its own has left it.
    static ProcessSet ofSession(long session) {
        return new SessionSet(session);
    }

    /// A cgroup v2 folder: `cgroup.freeze`, `cgroup.events`, `cgroup.kill`.
    record UnifiedCgroup(Path folder) implements ProcessSet {
        @Override
        public List<Long> members() {
            return Cgroups.members(folder);
        }

        @Override
        public void freeze() {
            Cgroups.write(folder.resolve("cgroup.freeze"), "1");
            if (!Patience.until(this::frozen)) {
                thaw();
                throw new OsException("cannot freeze " + folder + ": it is not frozen after " + Patience.LONG);
            }
        }

        @Override
        public void thaw() {
            Cgroups.writeIfThere(folder.resolve("cgroup.freeze"), "0");
        }

        @Override
        public boolean frozen() {
            return Cgroups.read(folder.resolve("cgroup.events")).contains("frozen 1");
        }

        @Override
        public boolean kill() {
            Cgroups.writeIfThere(folder.resolve("cgroup.kill"), "1"); // kernel 5.14; before, one by one
            return Cgroups.killMembers(folder);
        }

        @Override
        public void remove() {
            Cgroups.remove(folder);
        }
    }

    /// A cgroup v1 folder of the `freezer` controller. A kill reaches a frozen member only when it is thawed.
    record FreezerCgroup(Path folder) implements ProcessSet {
        private static final String STATE = "freezer.state";

        @Override
        public List<Long> members() {
            return Cgroups.members(folder);
        }

        @Override
        public void freeze() {
            if (!Patience.until(this::freezeOnce)) {
                thaw();
                throw new OsException("cannot freeze " + folder + ": it is not frozen after " + Patience.LONG);
            }
        }

        /// Writing again catches what was forked between the kernel's passes.
        private boolean freezeOnce() {
            Cgroups.write(folder.resolve(STATE), "FROZEN");
            return frozen();
        }

        @Override
        public void thaw() {
            Cgroups.writeIfThere(folder.resolve(STATE), "THAWED");
        }

        @Override
        public boolean frozen() {
            return Cgroups.read(folder.resolve(STATE)).startsWith("FROZEN");
        }

        @Override
        public boolean kill() {
            Cgroups.writeIfThere(folder.resolve(STATE), "FROZEN"); // what forks faster than it is killed stands still first
            Patience.within(ENOUGH_TO_STAND_STILL, this::frozen);
            members().forEach(pid -> Processes.signalNow(pid, Processes.SIGKILL));
            thaw();
            return Cgroups.killMembers(folder);
        }

        @Override
        public void remove() {
            Cgroups.remove(folder);
        }
    }

    /// A session: its process groups get STOP and CONT. Less than a freezer: the program can see it, and anybody may send CONT.
    record SessionSet(long session) implements ProcessSet {
        private List<ProcessFacts> processes() {
            return Processes.all(facts -> facts.session() == session);
        }

        @Override
        public List<Long> members() {
            return processes().stream().map(ProcessFacts::pid).toList();
        }

        @Override
        public void freeze() {
            if (!Patience.until(this::stopOnce)) {
                thaw();
                throw new OsException("cannot stop session " + session + ": it still runs after " + Patience.LONG);
            }
        }

        private boolean stopOnce() {
            signalGroups(Processes.SIGSTOP);
            return processes().stream().allMatch(ProcessFacts::stopped);
        }

        @Override
        public void thaw() {
            signalGroups(Processes.SIGCONT);
        }

        @Override
        public boolean frozen() {
            List<ProcessFacts> processes = processes();
            return !processes.isEmpty() && processes.stream().allMatch(ProcessFacts::stopped);
        }

        @Override
        public boolean kill() {
            Patience.within(ENOUGH_TO_STAND_STILL, this::stopOnce); // what forks faster than it is killed stands still first
            return Patience.shortly(() -> {
                signalGroups(Processes.SIGKILL);
                return processes().isEmpty();
            });
        }

        private void signalGroups(int signal) {
            processes().stream().mapToLong(ProcessFacts::group).distinct().forEach(group -> Processes.signalGroup(group, signal));
        }

        @Override
        public void remove() {
            // a session needs nothing in the kernel
        }
    }
}
