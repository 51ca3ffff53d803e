package reeve.front.api;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reeve.base.Durations;
import reeve.model.Gate;
import reeve.model.Healthcheck;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.NodeFacts;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.wire.ExplainAnswer.HeldByRow;
import reeve.run.reconcile.Apps;

/// What holds each instance where it is, by name: the guard that must change before the instance does. Pure.
final class HeldBy {
    private static final Pattern WAITS = Pattern.compile("waits for (\\S+) \\((\\w+)\\), which is (.*)");
    private static final Pattern BUDGET = Pattern.compile(".*; gave up: ([0-9]+) in a row \\((\\w+)\\).*");
    private static final Pattern ATTEMPTS = Pattern.compile(".*; gave up after ([0-9]+) attempts.*");
    private static final Pattern DELAY =
            Pattern.compile("(.*); starts again in (?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)(?:\\.([0-9]{1,3}))?s)?");
    private static final Pattern NEXT = Pattern.compile("(.*); (next run at .*)");
    private static final String HELD_BACK = "; held back: ";
    private static final String CANNOT_RUN = "cannot run it";

    private final Apps.Snapshot snapshot;
    private final NodeFacts facts;
    private final Function<ServiceId, Optional<String>> sleep;

    private HeldBy(Apps.Snapshot snapshot, NodeFacts facts, Function<ServiceId, Optional<String>> sleep) {
        this.snapshot = snapshot;
        this.facts = facts;
        this.sleep = sleep;
    }

    /// The guards there are.
    enum Guard {
        GATE, DEPENDENCY, USER, BACK_OFF, START_LIMIT, RESTART_POLICY, SLEEP, ROLLOUT, INPUT, PROBE, START, STOP, CONFLICT, RUNTIME, DONE,
        SCALE, SCHEDULE, BREAKER, DECLARATION;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Held(Guard guard, String words) {}

    /// @param sleep one line on a service's sleep, for those that sleep
    static List<HeldByRow> of(Selector selector, Apps.Snapshot snapshot, NodeFacts facts, Function<ServiceId, Optional<String>> sleep) {
        var heldBy = new HeldBy(snapshot, facts, sleep);
        var rows = new ArrayList<HeldByRow>();
        for (ServiceSpec service : Selected.services(selector, snapshot)) {
            var id = new ServiceId(selector.app(), service.name());
            List<InstanceStatus> own = heldBy.instances(id);
            if (own.isEmpty()) {
                rows.add(new HeldByRow(id.toString(), Guard.SCALE.word(), service.replicas() + " replicas are declared"));
            }
            own.stream().filter(instance -> selector.covers(instance.id())).forEach(instance -> {
                Held held = heldBy.held(instance, service);
                rows.add(new HeldByRow(instance.id().toString(), held.guard().word(), held.words()));
            });
        }
        return rows;
    }

    private List<InstanceStatus> instances(ServiceId service) {
        return snapshot.instances().stream().filter(instance -> instance.id().service().equals(service)).toList();
    }

    private Held held(InstanceStatus instance, ServiceSpec service) {
        Matcher next = NEXT.matcher(instance.reason());
        if (next.matches()) {
            return new Held(Guard.SCHEDULE, next.group(2) + "; `reeve start " + instance.id().service() + "` runs it now");
        }
        return switch (instance.state()) {
            case RUNNING -> rollout(instance, service).orElseGet(() -> new Held(Guard.DECLARATION, "it runs as declared"));
            case STARTING, WAKING -> starting(instance, service);
            case UNHEALTHY -> new Held(Guard.PROBE, instance.reason());
            case BACKING_OFF -> backOff(instance);
            case FAILED -> failed(instance);
            case DISABLED -> new Held(Guard.GATE, closed(service.gate()).orElse(instance.reason()));
            case ASLEEP -> new Held(Guard.SLEEP, "asleep since " + time(instance.since()) + ", " + instance.reason()
                    + "; a request or `reeve wake " + instance.id().service() + "` wakes it");
            case FALLING_ASLEEP -> new Held(Guard.SLEEP, sleep.apply(instance.id().service()).orElse(instance.reason()));
            case STOPPING, REPLACING -> new Held(Guard.STOP, "it has until " + time(instance.since().plus(service.stopGrace()))
                    + " to end, then it is killed: " + instance.reason());
            case STOPPED -> stopped(instance);
            case DONE -> new Held(Guard.DONE, "it has done what it was for; `reeve start " + instance.id().service() + "` runs it again");
            case CONFLICT -> new Held(Guard.CONFLICT, instance.reason());
            case UNKNOWN -> new Held(Guard.RUNTIME, instance.reason());
        };
    }

    /// An old instance serves on until the one that takes its place does.
    private Optional<Held> rollout(InstanceStatus instance, ServiceSpec service) {
        List<InstanceStatus> all = instances(instance.id().service());
        return all.size() <= service.replicas() ? Optional.empty() : all.stream()
                .filter(other -> other.state() != InstanceState.RUNNING)
                .findFirst()
                .map(other -> new Held(Guard.ROLLOUT, other.state() == InstanceState.STOPPING ? "waits for " + other.id() + " to be gone"
                        : "waits for " + other.id() + " to be healthy, which is " + other.state().word()));
    }

    private static Held starting(InstanceStatus instance, ServiceSpec service) {
        Matcher waits = WAITS.matcher(instance.reason());
        if (waits.matches()) {
            return new Held(Guard.DEPENDENCY, "depends_on " + waits.group(1) + " (" + waits.group(2) + "), which is " + waits.group(3));
        }
        if (instance.pid().isEmpty()) {
            return instance.reason().startsWith(CANNOT_RUN) ? new Held(Guard.INPUT, instance.reason())
                    : new Held(Guard.START, "it is being started: " + instance.reason());
        }
        String at = instance.address().map(address -> " on " + address).orElse("");
        return new Held(Guard.PROBE, switch (service.healthcheck().probe()) {
            case Healthcheck.None() -> "it runs and has yet to say that it is ready";
            case Healthcheck.Http(var path, _) -> "healthcheck GET " + path + at + " has not passed yet";
            case Healthcheck.Tcp() -> "healthcheck: nothing listens" + at + " yet";
            case Healthcheck.Exec _ -> "healthcheck command has not passed yet";
        });
    }

    private static Held backOff(InstanceStatus instance) {
        int held = instance.reason().indexOf(HELD_BACK);
        if (held >= 0) {
            return new Held(Guard.BREAKER, instance.reason().substring(held + 2) + "; `reeve start " + instance.id().service()
                    + "` starts it now");
        }
        Matcher delay = DELAY.matcher(instance.reason());
        if (!delay.matches()) {
            return new Held(Guard.BACK_OFF, instance.reason());
        }
        Duration length = Duration.ofHours(number(delay.group(2))).plusMinutes(number(delay.group(3))).plusSeconds(number(delay.group(4)))
                .plusMillis(number(((delay.group(5) == null ? "" : delay.group(5)) + "000").substring(0, 3)));
        return new Held(Guard.BACK_OFF, "back-off of " + Durations.words(length) + " until " + time(instance.since().plus(length)) + ": "
                + delay.group(1));
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static Held failed(InstanceStatus instance) {
        String reset = "; `reeve start " + instance.id().service() + "` resets it";
        Matcher budget = BUDGET.matcher(instance.reason());
        if (budget.matches()) {
            return new Held(Guard.START_LIMIT, "start limit reached (" + budget.group(2) + " " + budget.group(1) + " of " + budget.group(1)
                    + ")" + reset);
        }
        Matcher attempts = ATTEMPTS.matcher(instance.reason());
        return attempts.matches()
                ? new Held(Guard.START_LIMIT, "start limit reached (" + attempts.group(1) + " of " + attempts.group(1) + ")" + reset)
                : new Held(Guard.RESTART_POLICY, "its restart policy starts it no more" + reset);
    }

    private static Held stopped(InstanceStatus instance) {
        if (instance.reason().startsWith("stopped by a user")) {
            return new Held(Guard.USER, "stopped by a user, since " + time(instance.since()) + "; `reeve start " + instance.id().service()
                    + "` starts it");
        }
        return instance.reason().startsWith(CANNOT_RUN) ? new Held(Guard.INPUT, instance.reason())
                : new Held(Guard.DECLARATION, instance.reason());
    }

    /// What of a gate is closed on this node, in the manifest's words.
    private Optional<String> closed(Gate gate) {
        for (Map.Entry<String, Set<String>> only : gate.onlyOn().entrySet()) {
            String actual = switch (only.getKey()) {
                case "class" -> facts.nodeClass();
                case "name" -> facts.name().value();
                default -> facts.labels().getOrDefault(only.getKey(), "");
            };
            if (!only.getValue().contains(actual)) {
                return Optional.of("only_on " + only.getKey() + "=" + String.join("|", only.getValue().stream().sorted().toList())
                        + ", this node has " + (actual.isEmpty() ? "none" : actual));
            }
        }
        return gate.equals(Gate.OPEN) ? Optional.empty() : Optional.of("enabled: " + gate.enabled() + ", which is not true here");
    }

    private static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
