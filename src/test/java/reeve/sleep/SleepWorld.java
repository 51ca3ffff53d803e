package reeve.sleep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.base.Elapsed;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;
import reeve.testing.FakeTraffic;
import reeve.testing.SimulatedProcess;
import reeve.testing.Simulation;

/// A node with one service: the real room; a modelled proxy, supervisor and instance; clients that come and go; users that ask
/// for all sorts of things; and a Reeve that crashes.
final class SleepWorld {
    static final ServiceId WEB = ServiceId.of("wiki", "web");
    static final SleepSpec.WhenIdle SPEC = new SleepSpec.WhenIdle(Duration.ofSeconds(2), SleepKind.FREEZE, Duration.ofSeconds(4));
    private static final Duration TROUBLE = Duration.ofSeconds(60);
    private static final Duration MOMENT = Duration.ofMillis(1);

    final Simulation simulation;
    private final Sleeper.Policy policy;
    private final SimulatedProcess reeve;
    private final List<Client> clients = new ArrayList<>();
    private int numbers;

    /// What outlives Reeve: the instance, and a stop by a user.
    boolean suspended;
    boolean stoppedByUser;

    /// This life of Reeve.
    private FakeTraffic traffic; // as the clients see it
    private SleepInbox inbox;
    private SupervisorModel supervisor;

    SleepWorld(Simulation simulation, Sleeper.Policy policy) {
        this.simulation = simulation;
        this.policy = policy;
        this.traffic = new FakeTraffic(simulation.time());
        this.inbox = new SleepInbox(SleepSettings.DEFAULTS);
        this.reeve = new SimulatedProcess(simulation, "reeve", this::startReeve);
        this.supervisor = new SupervisorModel(this, reeve, inbox, traffic);
    }

    static void play(Simulation simulation, Sleeper.Policy policy) {
        new SleepWorld(simulation, policy).play();
    }

    private void startReeve(SimulatedProcess process) {
        clients.clear(); // their connections went with the proxy
        traffic = new FakeTraffic(process.time());
        inbox = new SleepInbox(new SleepSettings(20, 20));
        supervisor = new SupervisorModel(this, process, inbox, traffic);
        SleepRecords records = (_, what, why, _) -> simulation.note("journal", what + ": " + why);
        var sleeper = new Sleeper(
                inbox, new RacingTraffic(traffic), supervisor, records, process.time(), new SleepSettings(20, 20), policy);
        process.room("sleep", inbox.mailbox(), sleeper::handle);
        inbox.declared(WEB, SPEC);
        supervisor.adopt();
    }

    private void play() {
        simulation.invariant("never a request open at a suspended instance", () ->
                suspended && traffic.activity(WEB).open() > 0 ? Optional.of("it is frozen") : Optional.empty());
        simulation.invariant("every waiting request is answered once", () -> clients.stream().filter(client -> client.answers > 1)
                .findFirst().map(client -> client + " was answered " + client.answers + " times"));
        simulation.invariant("nobody waits longer than the wake timeout", () -> clients.stream()
                .filter(client -> client.answers == 0 && waited(client).compareTo(SPEC.wakeTimeout().plusMillis(200)) > 0)
                .findFirst().map(client -> client + " still waits"));
        simulation.invariant("nobody waits where no wake is under way", this::forgottenWaiters);
        simulation.invariant("where it is awake, requests pass", () ->
                state().equals("awake") && traffic.held(WEB) ? Optional.of("they are held") : Optional.empty());
        reeve.start();
        scheduleClient();
        scheduleUser();
        scheduleCrash();
        simulation.run(TROUBLE);
        simulation.stopFaults();
        simulation.run(Duration.ofSeconds(60));
        converged();
    }

    private Duration waited(Client client) {
        return simulation.time().elapsed().since(client.since);
    }

    private Optional<String> forgottenWaiters() {
        int waiting = inbox.status(WEB).map(SleepStatus::waiting).orElse(0);
        return switch (state()) {
            case "awake", "asleep", "backing_off", "down" ->
                    waiting == 0 ? Optional.empty() : Optional.of(waiting + " wait while it is " + state());
            default -> Optional.empty();
        };
    }

    private String state() {
        return inbox.status(WEB).map(SleepStatus::state).orElse("unknown");
    }

    /// A request is served soon; left alone, it sleeps; and another request wakes it.
    private void converged() {
        if (stoppedByUser) {
            supervisor.userStarts();
            simulation.run(Duration.ofSeconds(3));
        }
        requireService();
        simulation.run(Duration.ofSeconds(30));
        if (!state().equals("asleep") || !suspended) {
            simulation.fail("convergence: left alone it is " + state() + (suspended ? ", suspended" : ", running"));
        }
        requireService();
    }

    private void requireService() {
        var client = new Client(++numbers, Duration.ofMillis(10), Duration.ofMinutes(1));
        client.knock();
        simulation.run(Duration.ofSeconds(4));
        if (!client.served()) {
            simulation.fail("convergence: " + client + " was not served");
        }
    }

    private void scheduleClient() {
        boolean burst = simulation.chance(0.6);
        Duration pause = simulation.between(Duration.ZERO, burst ? Duration.ofMillis(30) : Duration.ofSeconds(5));
        simulation.after(pause, "a client", () -> {
            if (simulation.faultsGoOn()) {
                scheduleClient();
                Duration length = simulation.between(MOMENT, simulation.chance(0.1) ? Duration.ofSeconds(8) : Duration.ofMillis(50));
                Duration patience = simulation.between(MOMENT, simulation.chance(0.2) ? Duration.ofMillis(100) : Duration.ofSeconds(20));
                new Client(++numbers, length, patience).knock();
            }
        });
    }

    private void scheduleUser() {
        simulation.after(simulation.between(MOMENT, Duration.ofSeconds(6)), "a user", () -> {
            if (!simulation.faultsGoOn()) {
                return;
            }
            scheduleUser();
            if (!reeve.running()) {
                return;
            }
            switch (simulation.random().nextInt(6)) {
                case 0 -> inbox.askSleep(WEB);
                case 1 -> inbox.askWake(WEB, "a user asked for it");
                case 2 -> supervisor.userStops();
                case 3, 4 -> supervisor.userStarts();
                default -> inbox.declared(WEB, SPEC);
            }
        });
    }

    private void scheduleCrash() {
        simulation.after(simulation.between(MOMENT, Duration.ofSeconds(60)), "trouble", () -> {
            if (!simulation.faultsGoOn()) {
                return;
            }
            if (simulation.chance(0.5) && reeve.running()) {
                reeve.crash(simulation.between(MOMENT, Duration.ofSeconds(3)));
            } else if (reeve.running()) {
                supervisor.instanceCrashes();
            }
            scheduleCrash();
        });
    }

    /// The proxy is another thread: a request may slip in between two looks at it.
    private final class RacingTraffic implements Traffic {
        private final FakeTraffic real;

        RacingTraffic(FakeTraffic real) {
            this.real = real;
        }

        @Override
        public boolean hold(ServiceId service) {
            switch (simulation.random().nextInt(20)) {
                case 0 -> new Client(++numbers, Duration.ofMillis(100), Duration.ofSeconds(20)).knock();
                case 1 -> {
                    if (real.enter(service)) {
                        real.leave(service);
                    }
                }
                default -> { } // mostly nobody does
            }
            return real.hold(service);
        }

        @Override
        public Activity activity(ServiceId service) {
            return real.activity(service);
        }

        @Override
        public void release(ServiceId service) {
            real.release(service);
        }

        @Override
        public void holdAlways(ServiceId service) {
            real.holdAlways(service);
        }
    }

    /// One request and the modelled proxy's way with it.
    final class Client implements WakeGate.Waiter {
        private final int number;
        private final Duration length;
        private final Duration patience;
        private final Elapsed since = simulation.time().elapsed();
        int answers;
        boolean left;
        private boolean forwarded;
        private Optional<Client> next = Optional.empty();

        Client(int number, Duration length, Duration patience) {
            this.number = number;
            this.length = length;
            this.patience = patience;
        }

        void knock() {
            if (!reeve.running()) {
                return; // connection refused
            }
            switch (supervisor.table()) {
                case DOWN -> simulation.note("proxy", this + " gets 503");
                case ASLEEP -> join();
                case SERVING -> {
                    if (!traffic.enter(WEB)) {
                        join();
                    } else if (suspended) {
                        simulation.fail("never a request forwarded to a suspended instance: " + this);
                    } else {
                        forward();
                    }
                }
            }
        }

        boolean served() {
            return forwarded || next.map(Client::served).orElse(false);
        }

        private void forward() {
            forwarded = true;
            simulation.note("proxy", "forwards " + this);
            FakeTraffic mine = traffic;
            reeve.after(length, this + " is done", () -> mine.leave(WEB));
        }

        private void join() {
            simulation.note("proxy", this + " waits");
            clients.add(this);
            reeve.after(patience, this + " loses patience", () -> left = answers == 0);
            inbox.await(WEB, this);
        }

        @Override
        public void done(WakeGate.Outcome outcome) {
            answers++;
            simulation.note("proxy", this + " is told " + outcome);
            if (outcome instanceof WakeGate.Outcome.Awake && answers == 1) {
                // the data plane is another thread: it goes on a little later
                reeve.after(simulation.between(Duration.ZERO, MOMENT), this + " goes on", () -> {
                    clients.remove(this);
                    var again = new Client(number, length, patience);
                    next = Optional.of(again);
                    again.knock();
                });
            }
        }

        @Override
        public boolean gone() {
            if (left) {
                clients.remove(this);
            }
            return left;
        }

        @Override
        public String toString() {
            return "request " + number;
        }
    }
}
