package reeve.sleep;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Elapsed;
import reeve.base.Now;
import reeve.base.Time;
import reeve.model.ServiceId;
import reeve.model.SleepSpec;

/// The loop: takes a message, asks [SleepPolicy] what to do, remembers the next state, then acts. One thread owns all of it.
/// Nothing is persisted: after a restart reconcile reports what it found, and that is the truth.
public final class Sleeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sleeper.class);
    private static final String NOT_DECLARED = "it is not declared to sleep";

    private final SleepInbox inbox;
    private final Traffic traffic;
    private final DesiredState desired;
    private final SleepRecords records;
    private final Time time;
    private final Policy policy;
    private final WaitingRoom room;
    private final Map<ServiceId, Sleeping> services = new HashMap<>();

    /// [SleepPolicy#decide]; a test hands in a broken one to see that it is found out.
    @FunctionalInterface
    interface Policy {
        Step decide(SleepSpec.WhenIdle spec, State state, Event event, Now now);
    }

    /// What the loop knows of one service.
    private static final class Sleeping {
        SleepSpec.WhenIdle spec;
        State state;
        Runnable cancelTimer = () -> {};
        Runnable cancelExpiry = () -> {};
        Optional<Elapsed> expiry = Optional.empty();

        Sleeping(SleepSpec.WhenIdle spec, State state) {
            this.spec = spec;
            this.state = state;
        }
    }

    public Sleeper(SleepInbox inbox, Traffic traffic, DesiredState desired, SleepRecords records, Time time, SleepSettings settings) {
        this(inbox, traffic, desired, records, time, settings, SleepPolicy::decide);
    }

    Sleeper(SleepInbox inbox, Traffic traffic, DesiredState desired, SleepRecords records, Time time, SleepSettings settings,
            Policy policy) {
        this.inbox = inbox;
        this.traffic = traffic;
        this.desired = desired;
        this.records = records;
        this.time = time;
        this.policy = policy;
        this.room = new WaitingRoom(settings);
    }

    /// Begins with what was posted so far.
    public void start() {
        inbox.mailbox().start(this::handle);
    }

    /// Ends the loop, then answers whoever still waits. Close the proxy first: a request that comes at this moment gets no answer.
    @Override
    public void close() {
        inbox.mailbox().close();
        services.values().forEach(Sleeper::cancelTimers);
        room.answerEverybody(new WakeGate.Outcome.Failed("Reeve is shutting down", SleepPolicy.RETRY_LATER));
    }

    /// Handles one message, from taking it to its last effect.
    void handle(Message message) {
        if (message instanceof Message.Request) {
            inbox.requestTaken();
        }
        if (message instanceof Message.Declared(var service, var spec)) {
            services.computeIfAbsent(service, _ -> new Sleeping(spec, new State.Busy(time.now(), Optional.empty()))).spec = spec;
        }
        Sleeping known = services.get(message.service());
        if (known == null) {
            turnAway(message);
            return;
        }
        dispatch(message, known);
        setExpiry(message.service(), known);
        show(message.service(), known);
        if (message instanceof Message.Forgotten) {
            cancelTimers(known);
            services.remove(message.service());
            inbox.hide(message.service());
        }
    }

    private void dispatch(Message message, Sleeping known) {
        ServiceId service = message.service();
        switch (message) {
            case Message.Declared _ -> apply(message, known, new Event.Declared());
            case Message.Seen(_, var what) -> apply(message, known, new Event.Seen(what));
            case Message.Forgotten _ -> apply(message, known, new Event.Forgotten());
            case Message.Request _ -> apply(message, known, new Event.Requested(room.hasRoom(service, time.elapsed())));
            case Message.SleepAsked _ -> apply(message, known, new Event.SleepAsked(traffic.activity(service)));
            case Message.WakeAsked(_, var why, _) -> apply(message, known, new Event.WakeAsked(why));
            case Message.TimerFired _ -> apply(message, known, new Event.TimerFired(traffic.activity(service)));
            case Message.WaitOver _ -> room.expire(service, time.elapsed());
        }
    }

    private void apply(Message cause, Sleeping known, Event event) {
        Now now = time.now();
        State before = known.state;
        Step step = policy.decide(known.spec, before, event, now);
        known.state = step.next();
        if (!before.getClass().equals(step.next().getClass())) {
            LOG.info("sleep: service={} from={} to={}", cause.service(), before.word(), step.next().word());
        }
        for (Effect effect : step.effects()) {
            act(cause, known, effect, now);
        }
    }

    /// @param cause whose request or question an effect may answer
    private void act(Message cause, Sleeping known, Effect effect, Now now) {
        ServiceId service = cause.service();
        switch (effect) {
            case Effect.TryHold() -> {
                boolean taken = traffic.hold(service);
                Traffic.Activity activity = traffic.activity(service);
                apply(cause, known, taken ? new Event.HoldTaken(activity) : new Event.HoldRefused(activity));
            }
            case Effect.HoldAlways() -> traffic.holdAlways(service);
            case Effect.Release() -> traffic.release(service);
            case Effect.WantAsleep(var how, var why) -> desired.wantAsleep(service, how, why);
            case Effect.WantRunning(var why) -> desired.wantRunning(service, why);
            case Effect.SetTimer(var delay) -> {
                known.cancelTimer.run();
                known.cancelTimer = time.after(delay, () -> inbox.post(new Message.TimerFired(service)));
            }
            case Effect.Join() -> {
                if (cause instanceof Message.Request(_, var waiter)) {
                    room.join(service, waiter, now.elapsed(), known.spec.wakeTimeout());
                }
            }
            case Effect.Answer(var outcome) -> answer(cause, outcome);
            case Effect.AnswerWaiting(var outcome) -> room.answerAll(service, outcome);
            case Effect.Reply(var asked) -> reply(cause, asked);
            case Effect.WriteDown(var what, var why, var facts) -> records.record(service, what, why, facts);
        }
    }

    private static void answer(Message cause, WakeGate.Outcome outcome) {
        if (cause instanceof Message.Request(_, var waiter)) {
            WaitingRoom.answer(waiter, outcome);
        }
    }

    private static void reply(Message cause, Asked asked) {
        if (cause instanceof Message.SleepAsked(_, var reply)) {
            reply.complete(asked);
        } else if (cause instanceof Message.WakeAsked(_, _, var reply)) {
            reply.complete(asked);
        }
    }

    private static void turnAway(Message message) {
        answer(message, new WakeGate.Outcome.Failed(NOT_DECLARED, SleepPolicy.RETRY_LATER));
        reply(message, new Asked.Refused(NOT_DECLARED));
    }

    /// One timer for the whole line: it is due when the oldest has waited too long.
    private void setExpiry(ServiceId service, Sleeping known) {
        Optional<Elapsed> next = room.nextExpiry(service);
        if (next.equals(known.expiry)) {
            return;
        }
        known.cancelExpiry.run();
        known.expiry = next;
        known.cancelExpiry = next.map(until -> time.after(until.since(time.elapsed()), () -> inbox.post(new Message.WaitOver(service))))
                .orElse(() -> {});
    }

    private static void cancelTimers(Sleeping known) {
        known.cancelTimer.run();
        known.cancelExpiry.run();
    }

    private void show(ServiceId service, Sleeping known) {
        inbox.show(service, new SleepInbox.Sight(known.spec, known.state, room.waiting(service), () -> traffic.activity(service)));
    }
}
