package reeve.run.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import reeve.base.os.Cgroups;
import reeve.base.os.Controllers;
import reeve.base.os.Limit;
import reeve.base.os.Machine;
import reeve.model.InstanceId;
import reeve.run.process.Preflight.Refused;
import reeve.run.process.Records.Intent;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Work;

/// What must be there before a program can run: found out first, then made. In between the plan's intent goes to disk, so that
/// whatever crashes, [Traces#remove] takes away what was made.
/// @param inherited  variables that a program gets where its launch does not set them
/// @param anyName    whether names of variables need not be identifiers
record Groundwork(
        Path state, String boot, Map<String, String> inherited, Cgroups cgroups, Controllers controllers, boolean anyName) {

    /// A launch with every name looked up.
    record Plan(
            Launch launch,
            Work.Program work,
            Path program,
            Map<String, String> environment,
            Limits limits,
            Confined confined,
            Intent intent) {

        /// Completes the request for a shim.
        Request complete(Request request) {
            return request.joining(limits.folders().values())
                    .confined(confined)
                    .running(program, work.command(), work.workingDirectory(), environment);
        }

        /// Without values: some are secrets.
        @Override
        public String toString() {
            return "Plan[" + intent.run() + ", " + launch + "]";
        }
    }

    /// @throws Refused where it cannot be run as it is declared
    Plan plan(InstanceId id, Launch launch) throws Refused {
        if (!(launch.work() instanceof Work.Program work)) {
            throw new IllegalArgumentException("cannot run " + launch + " as a process");
        }
        String run = Machine.newName();
        Limits limits = Limits.of(launch.resources(), controllers, run);
        Confined confined = Confined.of(launch.confinement(), limits.byUlimit());
        Optional<Belongings> belongings = launch.secrets().isEmpty() && !launch.notification().listened()
                ? Optional.empty() : Optional.of(Belongings.of(state, run));
        if (belongings.isPresent() && confined.hides(belongings.get().path())) {
            throw new Refused("cannot give it a temporary folder over " + belongings.get().path() + ": what it needs lies there");
        }
        var environment = new HashMap<>(inherited);
        environment.putAll(confined.environment());
        environment.putAll(launch.environment());
        environment.put(Records.COOKIE, run);
        environment.put(Records.INSTANCE, id.toString());
        belongings.ifPresent(each -> tell(environment, launch, each));
        Path program = Preflight.check(work, environment, anyName);
        var intent = new Intent(run, boot, launch.spec(), cgroups.parent().map(parent -> parent.resolve(run)), limits.folders(),
                Optional.of(launch.output()), belongings, launch.notification().listened());
        return new Plan(launch, work, program, environment, limits, confined, intent);
    }

    private static void tell(Map<String, String> environment, Launch launch, Belongings belongings) {
        if (!launch.secrets().isEmpty()) {
            environment.put("REEVE_SECRETS_DIR", belongings.secrets().toString());
        }
        if (launch.notification().listened()) {
            environment.put("NOTIFY_SOCKET", belongings.socket().toString());
            launch.notification().watchdog().ifPresent(
                    every -> environment.put("WATCHDOG_USEC", Long.toString(every.toNanos() / 1000)));
        }
    }

    /// Makes all of it. The intent is on disk by now.
    void lay(Plan plan) throws IOException {
        if (plan.intent.belongings().isPresent()) {
            plan.intent.belongings().get().make(plan.launch.secrets(), plan.confined.user());
        }
        cgroups.make(plan.intent.run()); // where that fails the program does not join, and its session serves instead
        controllers.set(plan.limits.folders(), plan.limits.values());
    }

    /// The cgroup that counts a run's memory.
    static Optional<Path> memory(Intent intent) {
        return Optional.ofNullable(intent.limits().get(Limit.MEMORY)).or(intent::cgroup);
    }
}
