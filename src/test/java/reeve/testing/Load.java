package reeve.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import reeve.base.Time;
import reeve.base.Waiting;
import reeve.model.Address;

/// Clients that ask one question after another, each over one kept connection, as long as nobody closes it in order. Reads
/// whole answers, and sends nothing twice: what it counts as failed, a user would have seen.
public final class Load implements AutoCloseable {
    private static final int MOST_FAILURES = 20;

    private final Time time;
    private final Duration pause;
    private final List<Thread> clients = new ArrayList<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final LongAdder answers = new LongAdder();
    private final AtomicBoolean ended = new AtomicBoolean();

    /// @param pause of a client between two questions, so that the load leaves the machine to those who are tested
    public Load(Time time, Duration pause) {
        this.time = time;
        this.pause = pause;
    }

    /// Judges an answer.
    @FunctionalInterface
    public interface Judge {
        /// @return what is wrong with it; empty for nothing
        String of(RawConnection.Message answer);
    }

    /// What one client asks next.
    /// @param at       where; another address than before means another connection
    /// @param request  the bytes of it
    /// @param judge    of its answer
    /// @param excused  whether a connection that breaks now is nobody's fault
    public record Question(Address at, String request, Judge judge, Supplier<Boolean> excused) {}

    /// Starts one more client.
    public void client(String name, Supplier<Question> questions) {
        clients.add(Thread.ofVirtual().name(name).start(() -> {
            var connection = new Kept();
            while (!ended.get() && failures.size() < MOST_FAILURES) {
                ask(name, connection, questions.get());
                Waiting.until(time, pause, pause, () -> false);
            }
            connection.drop();
        }));
    }

    private void ask(String name, Kept kept, Question question) {
        try {
            RawConnection.Message answer = kept.to(question.at).send(question.request).readMessage();
            String wrong = answer.status() != 200 ? answer.head().lines().findFirst().orElse("") + " " + answer.body()
                    : question.judge.of(answer);
            if (!wrong.isEmpty()) {
                failures.add(name + ": " + wrong);
            }
            answers.increment();
            if (answer.header("Connection").equals("close")) {
                kept.drop();
            }
        } catch (IOException e) {
            kept.drop();
            if (!question.excused.get() && !ended.get()) {
                failures.add(name + ": no whole answer: " + e);
            }
        }
    }

    /// One client's connection.
    private static final class Kept {
        private final List<RawConnection> open = new ArrayList<>(1);
        private Address at = Address.loopback(1);

        RawConnection to(Address address) throws IOException {
            if (!address.equals(at)) {
                drop();
            }
            if (open.isEmpty()) {
                open.add(RawConnection.to(address));
                at = address;
            }
            return open.getFirst();
        }

        void drop() {
            for (RawConnection connection : open) {
                try {
                    connection.close();
                } catch (IOException e) {
                    // it was broken already: that is counted where it broke
                }
            }
            open.clear();
        }
    }

    /// Answers so far, good and bad.
    public long answers() {
        return answers.sum();
    }

    /// What went wrong so far, in words.
    public List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        ended.set(true);
        for (Thread client : clients) {
            try {
                client.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while clients ended", e);
            }
        }
    }
}
