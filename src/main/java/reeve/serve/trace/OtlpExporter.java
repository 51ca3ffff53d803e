package reeve.serve.trace;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.base.http.Head;
import reeve.base.http.HttpCall;
import reeve.base.http.HttpClient;
import reeve.base.http.HttpTarget;
import reeve.serve.edge.Span;
import reeve.serve.edge.SpanSink;

/// Sends spans in batches, at least once a second. What finds no room, because the collector is slow or away, is dropped and counted; so is
/// a batch that the collector does not take. Any thread.
public final class OtlpExporter implements SpanSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OtlpExporter.class);
    private static final int MOST_WAITING = 8192;
    private static final int MOST_IN_BATCH = 512;
    private static final int MOST_ANSWER = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final URI collector;
    private final String node;
    private final String version;
    private final HttpClient client;
    private final BlockingQueue<Span> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread sender;
    private volatile boolean closed;
    private boolean failing;

    /// @param collector `http://HOST:PORT/PATH`, usually ending in `/v1/traces`
    public OtlpExporter(URI collector, String node, String version, Time time) {
        this.collector = collector;
        this.node = node;
        this.version = version;
        this.client = new HttpClient(time);
        this.sender = Thread.ofVirtual().name("traces").start(this::run);
    }

    @Override
    public void ended(Span span) {
        if (!waiting.offer(span)) {
            dropped.incrementAndGet();
        }
    }

    /// Spans that the collector took.
    public long sent() {
        return sent.get();
    }

    /// Spans that were lost.
    public long dropped() {
        return dropped.get();
    }

    private void run() {
        try {
            while (!closed || !waiting.isEmpty()) {
                Span first = waiting.poll(BETWEEN.toNanos(), TimeUnit.NANOSECONDS);
                if (first != null) {
                    var batch = new ArrayList<Span>(List.of(first));
                    waiting.drainTo(batch, MOST_IN_BATCH - 1);
                    send(batch);
                }
            }
        } catch (InterruptedException e) {
            dropped.addAndGet(waiting.size()); // closing does not wait for a collector that does not answer
        }
    }

    private void send(List<Span> batch) throws InterruptedException {
        try {
            int port = collector.getPort() < 0 ? 80 : collector.getPort();
            var target = new HttpTarget.Tcp(new InetSocketAddress(InetAddress.getByName(collector.getHost()), port));
            var headers = List.of(new Head.Header("Host", collector.getRawAuthority()),
                    new Head.Header("Content-Type", "application/json"));
            String path = collector.getRawPath().isEmpty() ? "/v1/traces" : collector.getRawPath();
            int status = client.call(target, new HttpCall("POST", path, headers, OtlpJson.of(batch, node, version)), PATIENCE, MOST_ANSWER)
                    .status();
            if (status / 100 != 2) {
                throw new IOException("it answers " + status);
            }
            sent.addAndGet(batch.size());
            failing = false;
        } catch (IOException e) {
            dropped.addAndGet(batch.size());
            if (!failing) { // once, not for each batch
                LOG.warn("traces are lost: collector={} reason={}", collector, e.getMessage());
            }
            failing = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            if (!sender.join(Duration.ofSeconds(2))) {
                sender.interrupt();
                sender.join(BETWEEN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
