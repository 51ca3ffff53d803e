package reeve.run.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import reeve.base.Session;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.InstanceStatus;
import reeve.model.Interaction;
import reeve.model.ManifestSource;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceName;

/// What people may ask of the apps on this node. Acts are durable when the call returns; their effect follows.
/// Every method may block and throws [reeve.model.Failure]: `NOT_FOUND` for what is not declared, `INVALID`, `UNAVAILABLE`
/// when the act could not be made durable (nothing was changed then).
public interface Apps {

    /// What [#apply] would do, changing nothing.
    Plan plan(AppSpec spec);

    /// Declares an app, or replaces its declaration; other apps are untouched. Refused, as `INVALID`, where a service that is to run
    /// needs an env file or a secret that is not there, unless it lacked the same before.
    Plan apply(ManifestSource source, AppSpec spec);

    /// [#apply], and what comes up must prove itself: where it does not within the timeout, the revision before comes back by itself.
    /// Returns when it is declared; how it goes, [#rollout] tells. `CONFLICT` while another deploy of the app is under way.
    RolloutStatus deploy(ManifestSource source, AppSpec spec, Duration timeout);

    /// [#deploy] of an earlier revision, the one before where none is named.
    RolloutStatus rollback(AppName app, OptionalInt revision, Duration timeout);

    /// The last deploy of an app since Reeve started.
    Optional<RolloutStatus> rollout(AppName app);

    /// The revisions that can be rolled back to, oldest first.
    List<RevisionStatus> revisions(AppName app);

    /// Every service that is declared, or would be by a rollback. Blocks for IO.
    /// @throws Failure `UNAVAILABLE` when a manifest cannot be read, so that nobody can say
    Set<ServiceId> services();

    /// Whether an app is declared, as of the last act that is durable: never behind one, as [#snapshot] may be.
    boolean declares(AppName app);

    /// Stops an app and forgets it.
    void down(AppName app);

    /// Whether nothing is left of an app that is no longer declared: no instance, and nothing that one left to be removed.
    boolean gone(AppName app);

    /// Undoes a stop and a `failed`: what is selected is wanted to run from now on.
    void start(Selector selector);

    /// Stops what is selected; it stays stopped across restarts of Reeve and of the machine.
    void stop(Selector selector);

    /// Stops what is selected and starts it again; what is not running is started.
    void restart(Selector selector);

    /// Runs so many instances of a service from now on, until its manifest asks for another number than it does now.
    /// @throws reeve.model.Failure also `INVALID` when it has a port that only one can have
    void scale(ServiceId service, int replicas);

    /// Gives an instance no new requests from now on, across restarts of Reeve, until [#undrain] or another manifest. What is under way
    /// goes on; it is neither stopped nor restarted.
    /// @throws reeve.model.Failure also `INVALID` when its service has no route
    void drain(InstanceId id);

    void undrain(InstanceId id);

    /// Has requests for an app, or for one service of it, answered 503 with a message from now on, across restarts of Reeve and deploys,
    /// until [#endMaintenance]. What runs goes on; what sleeps is not woken.
    /// @param selector of an app or a service
    /// @throws reeve.model.Failure also `INVALID` when nothing of it has a route
    void maintain(Selector selector, String message);

    /// @throws reeve.model.Failure also `CONFLICT` when a service's whole app is in maintenance
    void endMaintenance(Selector selector);

    /// Runs a command beside an instance that runs, with its environment and within its limits; see [Session].
    /// @throws reeve.model.Failure also `CONFLICT` when the instance does not run now
    Session exec(InstanceId id, Interaction interaction);

    /// Runs a copy of a service, with what its instances have but a port of its own. It is no instance: nobody supervises or routes
    /// to it, and it ends with the session.
    /// @throws reeve.model.Failure also `CONFLICT` when something the service needs is missing
    Session once(ServiceId service, Copy copy);

    /// What instances use at this moment, as far as it is known. Asks whatever runs them: takes its time.
    Map<InstanceId, Usage> usage(Predicate<InstanceId> wanted);

    /// The state as of the last event. Takes no lock and never waits.
    Snapshot snapshot();

    /// @param changes in the order in which they would be carried out; empty when nothing would change
    record Plan(AppName app, List<PlannedChange> changes) {
        public Plan {
            changes = List.copyOf(changes);
        }
    }

    /// @param subject service or route it is about, such as `wiki/web` or `wiki.example.org/`
    /// @param reason  why, naming what differs
    /// @param order   for a restart
    /// @param touches instances that take requests and would end
    record PlannedChange(String subject, Action action, String reason, Optional<Order> order, List<InstanceId> touches) {
        public PlannedChange {
            touches = List.copyOf(touches);
        }

        public PlannedChange(String subject, Action action, String reason) {
            this(subject, action, reason, Optional.empty(), List.of());
        }
    }

    /// Whether what is new serves before what is old ends, or the other way round: with a gap.
    enum Order { START_FIRST, STOP_FIRST }

    /// How a deploy stands.
    /// @param previous the revision that it takes the place of; 0 for none
    record RolloutStatus(AppName app, int revision, int previous, RolloutState state, String reason, Instant since) {
        RolloutStatus over(RolloutState end, String why, Instant at) {
            return new RolloutStatus(app, revision, previous, end, why, at);
        }
    }

    /// `ROLLED_BACK`: it failed and the one before is back. `FAILED`: it failed and there was nothing to go back to.
    enum RolloutState {
        ROLLING, DEPLOYED, ROLLED_BACK, FAILED, SUPERSEDED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param current whether it is the one declared now
    /// @param failed  why it did not come up; empty where it did, or need not
    record RevisionStatus(int number, Path file, Instant appliedAt, boolean current, Optional<String> failed) {}

    enum Action { START, RESTART, STOP, ROUTE, UNROUTE, CHANGE, REFUSE }

    /// @param instances sorted by app, service (in the manifest's order of dependencies) and number
    record Snapshot(List<AppStatus> apps, List<InstanceStatus> instances) {
        public static final Snapshot EMPTY = new Snapshot(List.of(), List.of());

        public Snapshot {
            apps = List.copyOf(apps);
            instances = List.copyOf(instances);
        }

        public Optional<AppStatus> app(AppName name) {
            return apps.stream().filter(app -> app.spec().name().equals(name)).findFirst();
        }
    }

    /// @param spec   with as many replicas as users want
    /// @param logs   of each instance, by its id's text: the file its output goes to
    /// @param scaled services of which users want more or fewer instances than the manifest says
    record AppStatus(AppSpec spec, ManifestSource source, Instant appliedAt, Map<String, Path> logs, Map<ServiceName, Scale> scaled) {
        public AppStatus {
            logs = Map.copyOf(logs);
            scaled = Map.copyOf(scaled);
        }
    }

    /// @param replicas what a user wants
    /// @param declared what the manifest said then
    record Scale(int replicas, int declared) {}

    /// @param memory    bytes
    /// @param cpu       time used since it was started
    /// @param processes of it
    record Usage(long memory, Duration cpu, int processes) {}

    /// What a copy of a service does.
    /// @param command     empty for the service's own
    /// @param environment besides the service's; wins over it
    /// @param terminal    which it shall have; empty for none
    record Copy(List<String> command, Map<String, String> environment, Optional<Interaction.Terminal> terminal) {
        public Copy {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }
}
