package reeve.sleep;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import reeve.base.Durations;
import reeve.base.Mailbox;
import reeve.model.ServiceId;
import reeve.model.SleepSpec;

/// What other rooms hold of this one: where they post, and where they read. Built before the [Sleeper] that empties it, so
/// that the proxy and reconcile can be built in between. Any thread.
public final class SleepInbox implements WakeGate {
    /// Room for what is not a request, so that a flood of requests never makes reconcile wait.
    private static final int RESERVE = 10_000;
    private static final Asked CLOSED = new Asked.Refused("Reeve is shutting down");

    private final int mostRequests;
    private final Mailbox<Message> mailbox;
    private final AtomicInteger queuedRequests = new AtomicInteger();
    private final ConcurrentMap<ServiceId, Sight> sights = new ConcurrentHashMap<>();

    /// What the loop shows of a service: replaced as a whole after each message.
    record Sight(SleepSpec.WhenIdle spec, State state, int waiting, Supplier<Traffic.Activity> traffic) {}

    public SleepInbox(SleepSettings settings) {
        this.mostRequests = settings.heldInTotal();
        this.mailbox = new Mailbox<>("sleep", mostRequests + RESERVE);
    }

    /// A service may sleep from now on, or under other conditions than before. Comes before anything is observed of it.
    public void declared(ServiceId service, SleepSpec.WhenIdle spec) {
        mailbox.post(new Message.Declared(service, spec));
    }

    /// What reconcile sees of a declared service, whenever it changes; see [Observed]. Ignored for any other service.
    public void observed(ServiceId service, Observed what) {
        mailbox.post(new Message.Seen(service, what));
    }

    /// The service is gone or does not sleep any more. Told after the route table no longer sends its requests through the gate.
    public void forgotten(ServiceId service) {
        mailbox.post(new Message.Forgotten(service));
    }

    /// Puts a service to sleep at once where no request is open.
    /// @return accepted: it will be asleep soon, unless a request comes first; or refused, saying what keeps it awake
    public CompletableFuture<Asked> askSleep(ServiceId service) {
        var reply = new CompletableFuture<Asked>();
        return mailbox.post(new Message.SleepAsked(service, reply)) ? reply : CompletableFuture.completedFuture(CLOSED);
    }

    /// Wakes a service, also before the delay after a failed wake is over.
    /// @param why for the journal
    public CompletableFuture<Asked> askWake(ServiceId service, String why) {
        var reply = new CompletableFuture<Asked>();
        return mailbox.post(new Message.WakeAsked(service, why, reply)) ? reply : CompletableFuture.completedFuture(CLOSED);
    }

    @Override
    public void await(ServiceId service, Waiter waiter) {
        boolean accepted = queuedRequests.incrementAndGet() <= mostRequests && mailbox.offer(new Message.Request(service, waiter));
        if (!accepted) {
            queuedRequests.decrementAndGet();
            WaitingRoom.answer(waiter, new Outcome.Refused(SleepPolicy.RETRY_LATER));
        }
    }

    /// Where a service stands, as of the last event; empty for one that is not declared to sleep. Never waits.
    public Optional<SleepStatus> status(ServiceId service) {
        return Optional.ofNullable(sights.get(service)).map(sight -> {
            Traffic.Activity activity = sight.traffic.get();
            return new SleepStatus(service, sight.state.word(), sight.state.since().wall(), because(sight, activity), activity.open(),
                    activity.idleFor(), sight.waiting);
        });
    }

    private static String because(Sight sight, Traffic.Activity activity) {
        return switch (sight.state) {
            case State.Busy _ -> "its instances are starting";
            case State.Awake _ when activity.open() > 0 -> SleepPolicy.whatIsOpen(activity);
            case State.Awake _ -> "idle for " + Durations.words(activity.idleFor().truncatedTo(ChronoUnit.SECONDS)) + " of "
                    + Durations.words(sight.spec.after());
            case State.FallingAsleep s -> s.why();
            case State.Suspending s -> s.wake().map(wake -> "it wakes again as soon as it is asleep: " + wake).orElse(s.why());
            case State.Asleep s -> s.why();
            case State.Waking s -> s.why();
            case State.BackingOff s -> "its wake failed: " + s.reason();
            case State.Down s -> s.reason();
        };
    }

    /// Every service that is declared to sleep. Never waits.
    public List<SleepStatus> statuses() {
        return sights.keySet().stream().flatMap(service -> status(service).stream()).toList();
    }

    /// Messages that wait to be handled.
    public int waiting() {
        return mailbox.size();
    }

    void post(Message message) {
        mailbox.post(message);
    }

    Mailbox<Message> mailbox() {
        return mailbox;
    }

    void requestTaken() {
        queuedRequests.decrementAndGet();
    }

    void show(ServiceId service, Sight sight) {
        sights.put(service, sight);
    }

    void hide(ServiceId service) {
        sights.remove(service);
    }
}
