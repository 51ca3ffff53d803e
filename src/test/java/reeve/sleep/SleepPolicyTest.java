package reeve.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static reeve.sleep.SleepBench.SPEC;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.base.Now;
import reeve.model.SleepKind;
import reeve.testing.VirtualTime;

/// Every state against every event.
class SleepPolicyTest {
    private static final Now SINCE = new VirtualTime().now();
    private static final Now NOW = new Now(SINCE.wall().plusSeconds(10), SINCE.elapsed().plus(Duration.ofSeconds(10)));

    private static final Map<String, State> STATES = new LinkedHashMap<>();
    private static final Map<String, Event> EVENTS = new LinkedHashMap<>();

    static {
        STATES.put("Busy", new State.Busy(SINCE, Optional.empty()));
        STATES.put("BusyWanted", new State.Busy(SINCE, Optional.of("a request came")));
        STATES.put("Awake", new State.Awake(SINCE));
        STATES.put("FallingAsleep", new State.FallingAsleep(SINCE, 7, "idle for 10 s"));
        STATES.put("Suspending", new State.Suspending(SINCE, "idle for 10 s", Optional.empty()));
        STATES.put("SuspendingWanted", new State.Suspending(SINCE, "idle for 10 s", Optional.of("a request came")));
        STATES.put("Asleep", new State.Asleep(SINCE, SleepKind.FREEZE, "idle for 10 s"));
        STATES.put("Waking", new State.Waking(SINCE, "a request came"));
        STATES.put("BackingOff", new State.BackingOff(SINCE, "exit code 1", NOW.elapsed().plus(Duration.ofSeconds(3))));
        STATES.put("BackedOff", new State.BackingOff(SINCE, "exit code 1", NOW.elapsed()));
        STATES.put("Down", new State.Down(SINCE, "stopped by a user"));

        var idle = new Traffic.Activity(7, 7, Duration.ofSeconds(10));
        var restless = new Traffic.Activity(7, 7, Duration.ofSeconds(4));
        var open = new Traffic.Activity(8, 7, Duration.ZERO);
        var another = new Traffic.Activity(8, 8, Duration.ofSeconds(10));
        EVENTS.put("Declared", new Event.Declared());
        EVENTS.put("SeenAwake", new Event.Seen(new Observed.Awake()));
        EVENTS.put("SeenAsleep", new Event.Seen(new Observed.Asleep(SleepKind.FREEZE)));
        EVENTS.put("SeenBusy", new Event.Seen(new Observed.Busy()));
        EVENTS.put("SeenDown", new Event.Seen(new Observed.Down("stopped by a user")));
        EVENTS.put("SleepFailed", new Event.Seen(new Observed.SleepFailed("the freezer is busy")));
        EVENTS.put("WakeFailed", new Event.Seen(new Observed.WakeFailed("exit code 1", Duration.ofSeconds(3))));
        EVENTS.put("Requested", new Event.Requested(true));
        EVENTS.put("RequestedFull", new Event.Requested(false));
        EVENTS.put("SleepAskedIdle", new Event.SleepAsked(idle));
        EVENTS.put("SleepAskedOpen", new Event.SleepAsked(open));
        EVENTS.put("WakeAsked", new Event.WakeAsked("a user asked for it"));
        EVENTS.put("TimerIdle", new Event.TimerFired(idle));
        EVENTS.put("TimerRestless", new Event.TimerFired(restless));
        EVENTS.put("TimerOpen", new Event.TimerFired(open));
        EVENTS.put("TimerAnother", new Event.TimerFired(another));
        EVENTS.put("HoldTaken", new Event.HoldTaken(idle));
        EVENTS.put("HoldTakenAnother", new Event.HoldTaken(another));
        EVENTS.put("HoldRefused", new Event.HoldRefused(open));
        EVENTS.put("Forgotten", new Event.Forgotten());
    }

    /// from | events | to (`=`: the very same) | effects in order; journal entries are left out
    private static final String TABLE = """
            Busy             | SeenAwake                                   | Awake         | Release Waiting:Awake Timer:10s
            Busy             | SeenAsleep                                  | Asleep        | HoldAlways
            Busy             | SeenDown                                    | Down          | Waiting:Failed
            Busy             | WakeFailed                                  | BackingOff    | Waiting:Failed
            Busy             | Requested                                   | Busy          | Join
            Busy             | RequestedFull                               | =             | Answer:Refused
            Busy             | WakeAsked                                   | Busy          | Reply:Accepted
            Busy             | SleepAskedIdle SleepAskedOpen               | =             | Reply:Refused
            Busy             | HoldTaken HoldTakenAnother                  | =             | Release
            Busy             | SeenBusy SleepFailed Declared HoldRefused TimerIdle TimerRestless TimerOpen TimerAnother | = |
            BusyWanted       | SeenAwake                                   | Awake         | Release Waiting:Awake Timer:10s
            BusyWanted       | SeenAsleep                                  | Waking        | HoldAlways WantRunning
            BusyWanted       | SeenDown                                    | Down          | Waiting:Failed
            BusyWanted       | WakeFailed                                  | BackingOff    | Waiting:Failed
            BusyWanted       | Requested                                   | =             | Join
            BusyWanted       | RequestedFull                               | =             | Answer:Refused
            BusyWanted       | WakeAsked                                   | =             | Reply:Accepted
            BusyWanted       | SleepAskedIdle SleepAskedOpen               | =             | Reply:Refused
            BusyWanted       | HoldTaken HoldTakenAnother                  | =             | Release
            BusyWanted       | SeenBusy SleepFailed Declared HoldRefused TimerIdle TimerRestless TimerOpen TimerAnother | = |
            Awake            | TimerIdle TimerAnother                      | FallingAsleep | TryHold
            Awake            | TimerRestless                               | =             | Timer:6s
            Awake            | TimerOpen                                   | =             | Timer:10s
            Awake            | SleepAskedIdle                              | FallingAsleep | TryHold
            Awake            | SleepAskedOpen                              | =             | Reply:Refused
            Awake            | Declared                                    | =             | Timer:0s
            Awake            | SeenAsleep                                  | Asleep        | HoldAlways
            Awake            | SeenBusy WakeFailed                         | Busy          |
            Awake            | SeenDown                                    | Down          | Waiting:Failed
            Awake            | Requested RequestedFull                     | =             | Answer:Awake
            Awake            | WakeAsked                                   | =             | Reply:Accepted
            Awake            | HoldTaken HoldTakenAnother                  | =             | Release
            Awake            | SeenAwake SleepFailed HoldRefused           | =             |
            FallingAsleep    | HoldTaken                                   | =             | Reply:Accepted Timer:0.02s
            FallingAsleep    | HoldTakenAnother HoldRefused                | Awake         | Release Reply:Refused Timer:10s
            FallingAsleep    | TimerIdle TimerRestless                     | Suspending    | WantAsleep
            FallingAsleep    | TimerOpen TimerAnother                      | Awake         | Release Timer:10s
            FallingAsleep    | Requested RequestedFull                     | Awake         | Release Answer:Awake Timer:10s
            FallingAsleep    | WakeAsked                                   | Awake         | Release Reply:Accepted Timer:10s
            FallingAsleep    | SleepAskedIdle SleepAskedOpen               | =             | Reply:Accepted
            FallingAsleep    | SeenAsleep                                  | Asleep        | HoldAlways
            FallingAsleep    | SeenBusy WakeFailed                         | Busy          | Release
            FallingAsleep    | SeenDown                                    | Down          | Waiting:Failed
            FallingAsleep    | SeenAwake SleepFailed Declared              | =             |
            Suspending       | SeenAsleep                                  | Asleep        |
            Suspending       | SleepFailed                                 | Busy          |
            Suspending       | SeenDown                                    | Down          | Waiting:Failed
            Suspending       | Requested                                   | Suspending    | Join
            Suspending       | RequestedFull                               | =             | Answer:Refused
            Suspending       | WakeAsked                                   | Suspending    | Reply:Accepted
            Suspending       | SleepAskedIdle SleepAskedOpen               | =             | Reply:Accepted
            Suspending       | SeenAwake SeenBusy WakeFailed Untimely | = |
            SuspendingWanted | SeenAsleep                                  | Waking        | WantRunning
            SuspendingWanted | SleepFailed                                 | Busy          |
            SuspendingWanted | SeenDown                                    | Down          | Waiting:Failed
            SuspendingWanted | Requested                                   | =             | Join
            SuspendingWanted | RequestedFull                               | =             | Answer:Refused
            SuspendingWanted | WakeAsked                                   | =             | Reply:Accepted
            SuspendingWanted | SleepAskedIdle SleepAskedOpen               | =             | Reply:Refused
            SuspendingWanted | SeenAwake SeenBusy WakeFailed Untimely | = |
            Asleep           | Requested                                   | Waking        | Join WantRunning
            Asleep           | RequestedFull                               | =             | Answer:Refused
            Asleep           | WakeAsked                                   | Waking        | Reply:Accepted WantRunning
            Asleep           | SleepAskedIdle SleepAskedOpen               | =             | Reply:Accepted
            Asleep           | SeenAwake                                   | Awake         | Release Waiting:Awake Timer:10s
            Asleep           | SeenBusy                                    | Busy          |
            Asleep           | SeenDown                                    | Down          | Waiting:Failed
            Asleep           | WakeFailed                                  | BackingOff    | Waiting:Failed
            Asleep           | SeenAsleep SleepFailed Untimely | = |
            Waking           | SeenAwake                                   | Awake         | Release Waiting:Awake Timer:10s
            Waking           | WakeFailed                                  | BackingOff    | Waiting:Failed
            Waking           | SeenDown                                    | Down          | Waiting:Failed
            Waking           | Requested                                   | =             | Join
            Waking           | RequestedFull                               | =             | Answer:Refused
            Waking           | WakeAsked                                   | =             | Reply:Accepted
            Waking           | SleepAskedIdle SleepAskedOpen               | =             | Reply:Refused
            Waking           | SeenAsleep SeenBusy SleepFailed Untimely | = |
            BackingOff       | Requested RequestedFull                     | =             | Answer:Failed
            BackingOff       | WakeAsked                                   | Waking        | Reply:Accepted WantRunning
            BackingOff       | SleepAskedIdle SleepAskedOpen               | =             | Reply:Refused
            BackingOff       | SeenAwake                                   | Awake         | Release Waiting:Awake Timer:10s
            BackingOff       | SeenDown                                    | Down          | Waiting:Failed
            BackingOff       | SeenAsleep SeenBusy SleepFailed WakeFailed Untimely | = |
            BackedOff        | Requested                                   | Waking        | Join WantRunning
            BackedOff        | RequestedFull                               | =             | Answer:Refused
            BackedOff        | WakeAsked                                   | Waking        | Reply:Accepted WantRunning
            BackedOff        | SleepAskedIdle SleepAskedOpen               | =             | Reply:Refused
            BackedOff        | SeenAwake                                   | Awake         | Release Waiting:Awake Timer:10s
            BackedOff        | SeenDown                                    | Down          | Waiting:Failed
            BackedOff        | SeenAsleep SeenBusy SleepFailed WakeFailed Untimely | = |
            Down             | SeenAwake                                   | Awake         | Release Waiting:Awake Timer:10s
            Down             | SeenAsleep                                  | Asleep        | HoldAlways
            Down             | SeenBusy                                    | Busy          |
            Down             | Requested RequestedFull                     | =             | Answer:Failed
            Down             | WakeAsked SleepAskedIdle SleepAskedOpen     | =             | Reply:Refused
            Down             | WakeFailed                                  | BackingOff    | Waiting:Failed
            Down             | SeenDown SleepFailed Untimely | = |
            """;

    /// In the table, `Untimely` stands for what a state without a timer and without a hold on trial ignores.
    private static final String UNTIMELY = "Declared TimerIdle TimerRestless TimerOpen TimerAnother HoldTaken HoldTakenAnother HoldRefused";

    record Row(String from, String event, String to, String effects) {}

    static List<Row> rows() {
        return TABLE.replace("Untimely", UNTIMELY).lines()
                .map(line -> line.split("\\|", -1))
                .flatMap(cells -> Arrays.stream(cells[1].trim().split(" +"))
                        .map(event -> new Row(cells[0].trim(), event, cells[2].trim(), cells[3].trim())))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void decidesAsTheTableSays(Row row) {
        State from = STATES.get(row.from);
        Step step = SleepPolicy.decide(SPEC, from, EVENTS.get(row.event), NOW);
        if (row.to.equals("=")) {
            assertThat(step.next()).isEqualTo(from);
        } else {
            assertThat(step.next().getClass().getSimpleName()).isEqualTo(row.to);
            assertThat(step.next()).isNotEqualTo(from);
        }
        assertThat(describe(step)).isEqualTo(row.effects);
    }

    @Test
    void theTableNamesEveryStateWithEveryEventOnce() {
        var expected = STATES.keySet().stream()
                .flatMap(state -> EVENTS.keySet().stream().filter(event -> !event.equals("Forgotten")).map(event -> state + " " + event))
                .toList();
        assertThat(rows().stream().map(row -> row.from + " " + row.event)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(STATES.values().stream().map(Object::getClass).distinct()).hasSize(State.class.getPermittedSubclasses().length);
        assertThat(EVENTS.values().stream().map(Object::getClass).distinct()).hasSize(Event.class.getPermittedSubclasses().length);
    }

    @Test
    void whatIsForgottenLetsRequestsPassAndAnswersThoseThatWait() {
        STATES.forEach((_, state) -> assertThat(describe(SleepPolicy.decide(SPEC, state, EVENTS.get("Forgotten"), NOW)))
                .isEqualTo("Release Waiting:Failed"));
    }

    @Test
    void aTimerThatIsTooEarlyDoesNotEndTheTimeInWhichARequestCanCallItOff() {
        var falling = new State.FallingAsleep(NOW, 7, "idle for 10 s");
        assertThat(SleepPolicy.decide(SPEC, falling, EVENTS.get("TimerIdle"), NOW)).isEqualTo(Step.to(falling));
    }

    private static String describe(Step step) {
        return step.effects().stream().map(SleepPolicyTest::describe).filter(text -> !text.isEmpty()).collect(Collectors.joining(" "));
    }

    private static String describe(Effect effect) {
        return switch (effect) {
            case Effect.SetTimer(var delay) -> "Timer:" + delay.toString().substring(2).toLowerCase(Locale.ROOT);
            case Effect.Answer(var outcome) -> "Answer:" + outcome.getClass().getSimpleName();
            case Effect.AnswerWaiting(var outcome) -> "Waiting:" + outcome.getClass().getSimpleName();
            case Effect.Reply(var asked) -> "Reply:" + asked.getClass().getSimpleName();
            case Effect.WriteDown _ -> "";
            case Effect.TryHold _, Effect.HoldAlways _, Effect.Release _, Effect.WantAsleep _, Effect.WantRunning _, Effect.Join _ ->
                    effect.getClass().getSimpleName();
        };
    }
}
