package reeve.store.embedded;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.store.StoreException;
import reeve.store.StoreException.Kind;

/// The one thread that writes. What waits when it becomes free is carried out in order in one SQLite transaction (group commit),
/// so that many writers share one sync; each is answered only after the commit. When any part of it fails nothing of it is kept.
///
/// A platform thread, because SQLite is reached through JNI, which would pin a virtual thread's carrier for the length of a sync.
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int WAITING = 1024;
    private static final int TOGETHER = 128;
    private static final Duration DISK_ANSWERS_WITHIN = Duration.ofSeconds(30);
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(5);

    private final Tables tables;
    private final Time time;
    private final LongConsumer committed;
    private final BlockingQueue<Letter> queue = new LinkedBlockingQueue<>(); // bounded by enqueue, so that the end always fits
    private final Thread thread;
    private boolean closed;
    private volatile Health health = new Health.Writable();

    /// What is done within the transaction. It may throw [StoreException] before it has written anything.
    @FunctionalInterface
    interface Work<R> {
        R on(Tables tables) throws SQLException;
    }

    private sealed interface Letter {
        record Request<R>(Work<R> work, Consumer<R> afterCommit, CompletableFuture<R> answer) implements Letter {
            Runnable carryOut(Tables tables) throws SQLException {
                try {
                    R result = work.on(tables);
                    return () -> {
                        afterCommit.accept(result);
                        answer.complete(result);
                    };
                } catch (StoreException e) {
                    return () -> answer.completeExceptionally(e);
                }
            }
        }

        record End() implements Letter {}
    }

    /// @param committed told the newest revision after each commit, before anyone is answered
    Writer(Tables tables, Time time, LongConsumer committed) {
        this.tables = tables;
        this.time = time;
        this.committed = committed;
        this.thread = Thread.ofPlatform().name("store-writer").daemon().start(this::run);
    }

    Health health() {
        return health;
    }

    /// Queues the work and waits until it is committed.
    <R> R write(Work<R> work, Consumer<R> afterCommit) {
        try {
            return enqueue(work, afterCommit).get(DISK_ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StoreException failure
                    ? new StoreException(failure.kind(), failure.getMessage(), failure) // with the caller's own stack
                    : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new StoreException(Kind.UNKNOWN_OUTCOME,
                    "cannot write the store: the disk did not answer within " + DISK_ANSWERS_WITHIN, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Kind.UNKNOWN_OUTCOME, "cannot write the store: interrupted while waiting for the disk", e);
        }
    }

    /// Queues the work.
    /// @param afterCommit called on the writer's thread before the future completes; must be short and not throw
    synchronized <R> CompletableFuture<R> enqueue(Work<R> work, Consumer<R> afterCommit) {
        if (closed) {
            return CompletableFuture.failedFuture(new StoreException(Kind.UNAVAILABLE, "cannot write the store: it is closed"));
        }
        if (queue.size() >= WAITING) {
            return CompletableFuture.failedFuture(
                    new StoreException(Kind.UNAVAILABLE, "cannot write the store: " + WAITING + " writes wait already"));
        }
        var request = new Letter.Request<>(work, afterCommit, new CompletableFuture<>());
        queue.add(request);
        return request.answer;
    }

    private void run() {
        List<Letter> letters = new ArrayList<>();
        List<Letter.Request<?>> requests = new ArrayList<>();
        boolean ended = false;
        while (!ended) {
            letters.clear();
            requests.clear();
            try {
                letters.add(queue.take());
            } catch (InterruptedException e) {
                continue; // nobody interrupts this thread; close() sends the end
            }
            queue.drainTo(letters, TOGETHER - 1);
            for (Letter letter : letters) {
                switch (letter) {
                    case Letter.Request<?> request -> requests.add(request);
                    case Letter.End() -> ended = true;
                }
            }
            carryOut(requests);
        }
    }

    private void carryOut(List<Letter.Request<?>> requests) {
        List<Runnable> answers = new ArrayList<>(requests.size());
        boolean committing = false;
        try {
            tables.begin();
            for (Letter.Request<?> request : requests) {
                answers.add(request.carryOut(tables));
            }
            long revision = tables.revision();
            committing = true;
            tables.commit();
            committed.accept(revision);
        } catch (SQLException | RuntimeException | Error e) {
            tables.rollback();
            StoreException failure = committing ? Faults.atCommit(e) : Faults.beforeCommit(e);
            failed(failure);
            requests.forEach(request -> request.answer.completeExceptionally(failure));
            return;
        }
        succeeded();
        answers.forEach(Runnable::run);
    }

    private void succeeded() {
        if (health instanceof Health.ReadOnly(_, var since)) {
            health = new Health.Writable();
            LOG.info("store writable again: since={}", since);
        }
    }

    private void failed(StoreException failure) {
        if (health instanceof Health.Writable) {
            health = new Health.ReadOnly(String.valueOf(failure.getMessage()), time.wall());
            LOG.error("store read-only: kind={}", failure.kind(), failure);
            time.after(PROBE_INTERVAL, this::probe);
        }
    }

    private void probe() {
        enqueue(Tables::probe, _ -> {}).whenComplete((_, _) -> {
            if (health instanceof Health.ReadOnly && !isClosed()) {
                time.after(PROBE_INTERVAL, this::probe);
            }
        });
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /// Carries out what is queued, takes nothing more, and waits for the thread to end.
    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                queue.add(new Letter.End());
            }
        }
        try {
            thread.join(DISK_ANSWERS_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
