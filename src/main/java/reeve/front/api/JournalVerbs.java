package reeve.front.api;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import reeve.base.Elapsed;
import reeve.base.http.HttpAnswer;
import reeve.base.journal.Journal;
import reeve.model.wire.WireJson;

/// The journal: read back as an array, or followed as JSON lines (as server-sent events for those who ask for them).
final class JournalVerbs {
    private static final int MOST_ENTRIES = 10_000;
    private static final int MOST_BEHIND = 1_000;
    private static final Duration LOOK_FOR_LEAVING = Duration.ofMillis(500);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    private final ApiParts parts;
    private final WireJson json;

    JournalVerbs(ApiParts parts, WireJson json) {
        this.parts = parts;
        this.json = json;
    }

    HttpAnswer journal(ApiCall call) {
        call.allowOnly(Set.of("subject", "limit", "follow"));
        Optional<String> subject = call.parameter("subject");
        Predicate<Journal.Entry> wanted = entry -> subject.isEmpty() || entry.concerns(subject.get());
        int limit = call.number("limit", call.flag("follow") ? 0 : 100, MOST_ENTRIES);
        if (!call.flag("follow")) {
            return Answers.json(json, parts.journal().read(wanted, limit).stream().map(Rows::entry).toList());
        }
        boolean events = call.request().header("Accept").filter(accept -> accept.contains("text/event-stream")).isPresent();
        return HttpAnswer.streamed(events ? "text/event-stream" : "application/x-ndjson", out -> follow(out, wanted, limit, events));
    }

    HttpAnswer restarts(ApiCall call) {
        call.allowOnly(Set.of());
        return Answers.json(json, parts.restarts().last().stream().map(Rows::entry).toList());
    }

    /// A follower that falls behind by more than a bound misses entries, and sees it by a gap in their numbers.
    private void follow(HttpAnswer.Sink out, Predicate<Journal.Entry> wanted, int limit, boolean events) throws IOException {
        BlockingQueue<Journal.Entry> queue = new ArrayBlockingQueue<>(MOST_BEHIND);
        AutoCloseable subscription = parts.journal().follow(entry -> {
            if (wanted.test(entry)) {
                queue.offer(entry);
            }
        });
        try (var _ = (java.io.Closeable) () -> close(subscription)) {
            long last = -1;
            for (Journal.Entry entry : limit == 0 ? List.<Journal.Entry>of() : parts.journal().read(wanted, limit)) {
                out.write(line(entry, events));
                last = entry.number();
            }
            send(out, queue, last, events);
        }
    }

    private void send(HttpAnswer.Sink out, BlockingQueue<Journal.Entry> queue, long shown, boolean events) throws IOException {
        Elapsed quietSince = parts.time().elapsed();
        while (!out.goneWithin(Duration.ZERO)) {
            Optional<Journal.Entry> next = poll(queue);
            if (next.isPresent() && next.get().number() > shown) {
                out.write(line(next.get(), events));
                quietSince = parts.time().elapsed();
            } else if (events && parts.time().elapsed().reached(quietSince.plus(KEEP_ALIVE))) {
                out.write(": still here\n\n");
                quietSince = parts.time().elapsed();
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

    private String line(Journal.Entry entry, boolean events) {
        String text = json.write(Rows.entry(entry));
        return events ? "id: " + entry.number() + "\ndata: " + text + "\n\n" : text + "\n";
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
