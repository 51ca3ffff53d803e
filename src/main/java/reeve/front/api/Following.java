package reeve.front.api;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.base.http.HttpAnswer;
import reeve.base.journal.Journal;

/// Sends entries of the journal while they are made: as JSON lines, or as server-sent events.
/// @param text  of an entry, in one line
/// @param events whether as server-sent events
record Following(Journal journal, Time time, Predicate<Journal.Entry> wanted, Function<Journal.Entry, String> text, boolean events) {
    private static final int MOST_BEHIND = 1_000;
    private static final Duration LOOK_FOR_LEAVING = Duration.ofMillis(500);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    HttpAnswer from(int newest) {
        return HttpAnswer.streamed(events ? "text/event-stream" : "application/x-ndjson", out -> follow(out, newest));
    }

    static boolean asEvents(ApiCall call) {
        return call.request().header("Accept").filter(accept -> accept.contains("text/event-stream")).isPresent();
    }

    /// A follower that falls behind by more than a bound misses entries, and sees it by a gap in their numbers.
    private void follow(HttpAnswer.Sink out, int newest) throws IOException {
        BlockingQueue<Journal.Entry> queue = new ArrayBlockingQueue<>(MOST_BEHIND);
        AutoCloseable subscription = journal.follow(entry -> {
            if (wanted.test(entry)) {
                queue.offer(entry);
            }
        });
        try (var _ = (java.io.Closeable) () -> close(subscription)) {
            long last = -1;
            for (Journal.Entry entry : newest == 0 ? List.<Journal.Entry>of() : journal.read(wanted, newest)) {
                out.write(line(entry));
                last = entry.number();
            }
            send(out, queue, last);
        }
    }

    private void send(HttpAnswer.Sink out, BlockingQueue<Journal.Entry> queue, long shown) throws IOException {
        Elapsed quietSince = time.elapsed();
        while (!out.goneWithin(Duration.ZERO)) {
            Optional<Journal.Entry> next = poll(queue);
            if (next.isPresent() && next.get().number() > shown) {
                out.write(line(next.get()));
                quietSince = time.elapsed();
            } else if (events && time.elapsed().reached(quietSince.plus(KEEP_ALIVE))) {
                out.write(": still here\n\n");
                quietSince = time.elapsed();
            }
        }
    }

    private static Optional<Journal.Entry> poll(BlockingQueue<Journal.Entry> queue) throws IOException {
        try {
            return Optional.ofNullable(queue.poll(LOOK_FOR_LEAVING.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("cannot follow the journal: interrupted", e);
        }
    }

    private String line(Journal.Entry entry) {
        return events ? "id: " + entry.number() + "\ndata: " + text.apply(entry) + "\n\n" : text.apply(entry) + "\n";
    }

    private static void close(AutoCloseable subscription) throws IOException {
        try {
            subscription.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot stop following the journal", e);
        }
    }
}
