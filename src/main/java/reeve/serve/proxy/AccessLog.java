package reeve.serve.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One line of JSON per request. Loops collect lines in blocks and hand them over without waiting; one thread writes. Where
/// the writer cannot keep up, lines are dropped, counted and reported. Any thread.
final class AccessLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final int MOST_BLOCKS = 256;

    private final OutputStream to;
    private final BlockingQueue<Block> blocks = new ArrayBlockingQueue<>(MOST_BLOCKS);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private volatile boolean closed;
    private long reported;

    private record Block(byte[] bytes, int lines) {}

    /// @param to flushed after each block, closed in the end
    AccessLog(OutputStream to) {
        this.to = to;
        this.writer = Thread.ofVirtual().name("access log").start(this::write);
    }

    /// Never waits.
    void offer(Bytes lines, int count) {
        if (!blocks.offer(new Block(Arrays.copyOf(lines.array(), lines.length()), count))) {
            dropped.addAndGet(count);
        }
    }

    /// Lines that were lost since the start.
    long dropped() {
        return dropped.get();
    }

    private void write() {
        try (to) {
            while (!closed || !blocks.isEmpty()) {
                Block block = blocks.poll(100, TimeUnit.MILLISECONDS);
                if (block != null) {
                    write(block);
                }
                report();
            }
        } catch (IOException e) {
            LOG.error("access log: cannot close", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Block block) {
        try {
            to.write(block.bytes);
            to.flush();
        } catch (IOException e) {
            if (dropped.getAndAdd(block.lines) == 0) {
                LOG.error("access log: cannot write", e);
            }
        }
    }

    private void report() {
        long now = dropped.get();
        if (now != reported) {
            LOG.warn("access log: dropped={} total={}", now - reported, now);
            reported = now;
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
