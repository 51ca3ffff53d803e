package reeve.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import reeve.base.Mailbox;
import reeve.base.Time;

/// A program in a [Simulation] that can crash at any moment. With it go its timers, its mailboxes and every message under way
/// in its lanes; the world and whatever the program made durable stay. The restart is a new life built by the function given.
public final class SimulatedProcess {
    private final Simulation simulation;
    private final String name;
    private final Consumer<SimulatedProcess> start;
    private final List<Room<?>> rooms = new ArrayList<>();
    private int life;
    private boolean running;

    /// Thrown by a crash point to unwind out of the code that "was running".
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Crash() {
            super(null, null, false, false);
        }
    }

    /// @param start builds the program's rooms anew from what is durable; called at each start
    public SimulatedProcess(Simulation simulation, String name, Consumer<SimulatedProcess> start) {
        this.simulation = simulation;
        this.name = name;
        this.start = start;
        simulation.afterEach(this::serveRooms);
    }

    public boolean running() {
        return running;
    }

    public void start() {
        life++;
        running = true;
        guard(life, () -> "starts", () -> start.accept(this));
    }

    /// Ends this life now; the next one begins after the delay.
    public void crash(Duration restartAfter) {
        simulation.note(name, "CRASHES");
        running = false;
        life++;
        rooms.clear();
        simulation.after(restartAfter, name + " is started again", this::start);
    }

    /// A place where the program may die, while faults go on: between persist and act, after the act and before its result, …
    public void crashPoint(String where, double probability) {
        if (simulation.fault(probability)) {
            simulation.note(name, "dies " + where);
            throw new Crash();
        }
    }

    /// Something this life of the program does later; never, if it crashes first or does not run at all.
    public void after(Duration delay, String what, Runnable event) {
        int now = life;
        simulation.time().after(delay, () -> guard(now, () -> what, event));
    }

    /// A lane of messages or effects: they arrive in the order sent, each after a delay between the bounds. Different lanes
    /// overtake each other.
    public Lane lane(String lane, Duration least, Duration most) {
        return new Lane(lane, least, most);
    }

    /// A room's mailbox, emptied one message at a time after short random delays for as long as this life lasts.
    public <E> void room(String room, Mailbox<E> mailbox, Consumer<E> handler) {
        rooms.add(new Room<>(room, mailbox, handler));
    }

    /// The clock of this life: its timers go with it.
    public Time time() {
        int now = life;
        return new Time() {
            @Override
            public Instant wall() {
                return simulation.time().wall();
            }

            @Override
            public long nanos() {
                return simulation.time().nanos();
            }

            @Override
            public Runnable after(Duration delay, Runnable task) {
                return simulation.time().after(delay, () -> {
                    if (now == life) {
                        task.run();
                    }
                });
            }
        };
    }

    private void guard(int expected, Supplier<String> what, Runnable event) {
        if (expected != life || !running) {
            return;
        }
        try {
            simulation.happen(name, what, event);
        } catch (Crash _) { // a crash point was reached
            crash(simulation.between(Duration.ofMillis(10), Duration.ofSeconds(3)));
        }
    }

    private void serveRooms() {
        List.copyOf(rooms).forEach(Room::serve);
    }

    public final class Lane {
        private final String lane;
        private final Duration least;
        private final Duration most;
        private long lastArrival;

        private Lane(String lane, Duration least, Duration most) {
            this.lane = lane;
            this.least = least;
            this.most = most;
        }

        public void send(String what, Runnable event) {
            long now = simulation.time().nanos();
            lastArrival = Math.max(lastArrival, now + simulation.between(least, most).toNanos());
            SimulatedProcess.this.after(Duration.ofNanos(lastArrival - now), lane + ": " + what, event);
        }

        /// Like [#send], over something that loses messages while faults go on.
        public void sendLossy(double loss, String what, Runnable event) {
            if (simulation.fault(loss)) {
                simulation.note(name, lane + ": LOST " + what);
            } else {
                send(what, event);
            }
        }
    }

    private final class Room<E> {
        private static final Duration SLOWEST = Duration.ofMillis(3);

        private final String room;
        private final Mailbox<E> mailbox;
        private final Consumer<E> handler;
        private boolean scheduled;

        Room(String room, Mailbox<E> mailbox, Consumer<E> handler) {
            this.room = room;
            this.mailbox = mailbox;
            this.handler = handler;
        }

        void serve() {
            if (!scheduled && !mailbox.isEmpty()) {
                scheduled = true;
                int now = life;
                simulation.time().after(simulation.between(Duration.ZERO, SLOWEST), () -> {
                    scheduled = false;
                    guardQuietly(now);
                });
            }
        }

        private void guardQuietly(int expected) {
            if (expected == life) {
                mailbox.handleNext(message -> guard(expected, () -> room + " <- " + message, () -> handler.accept(message)));
            }
        }
    }
}
