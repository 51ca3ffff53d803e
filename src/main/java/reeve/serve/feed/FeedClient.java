package reeve.serve.feed;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.base.http.Head;
import reeve.base.http.HttpCall;
import reeve.base.http.HttpClient;
import reeve.base.http.HttpReply;
import reeve.base.http.HttpStream;
import reeve.base.http.HttpTarget;
import reeve.model.wire.FeedLine;
import reeve.model.wire.FeedReply;
import reeve.model.wire.FeedReport;
import reeve.model.wire.WireException;
import reeve.model.wire.WireJson;

/// Carries the words of a [FedProxy] to its node and back, over HTTP, until it is closed: one thread reads rows, one reports.
public final class FeedClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FeedClient.class);
    private static final Duration AGAIN = Duration.ofMillis(250);
    private static final Duration REPORT = Duration.ofMillis(500);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    private final FedProxy proxy;
    private final HttpTarget node;
    private final List<Head.Header> headers;
    private final Time time;
    private final HttpClient http;
    private final Semaphore news = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private Optional<HttpStream> stream = Optional.empty();
    private volatile boolean closed;

    /// @param token of the node's API, where it is reached over TCP
    public FeedClient(FedProxy proxy, HttpTarget node, Optional<String> token, Time time) {
        this.proxy = proxy;
        this.node = node;
        this.headers = token.map(text -> List.of(new Head.Header("Authorization", "Bearer " + text))).orElse(List.of());
        this.time = time;
        this.http = new HttpClient(time);
    }

    public void start() {
        proxy.onNews(news::release);
        tick();
        threads.add(Thread.ofVirtual().name("feed rows").start(() -> again(this::read)));
        threads.add(Thread.ofVirtual().name("feed reports").start(() -> again(this::report)));
    }

    /// While an answer is waited for, too: a lease that is over must be noticed soon.
    private void tick() {
        if (!closed) {
            proxy.look();
            time.after(TICK, this::tick);
        }
    }

    private interface Exchange {
        void run() throws IOException, InterruptedException;
    }

    private void again(Exchange exchange) {
        boolean well = true;
        while (!closed) {
            try {
                exchange.run();
                well = true;
            } catch (IOException | WireException e) {
                if (well && !closed) {
                    LOG.info("feed: the node does not answer: reason={}", e.getMessage());
                }
                well = false;
                if (node instanceof HttpTarget.Unix && (e instanceof ConnectException || e instanceof NoSuchFileException)) {
                    proxy.nobodyThere();
                }
                pause();
            } catch (InterruptedException e) {
                return; // by close()
            }
        }
    }

    private void pause() {
        try {
            news.tryAcquire(AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() throws IOException, InterruptedException {
        String target = "/v1/feed?proxy=" + encoded(proxy.name()) + "&incarnation=" + encoded(proxy.incarnation()) + "&feed="
                + encoded(proxy.feed()) + "&version=" + proxy.applied();
        try (HttpStream open = begin(http.open(node, new HttpCall("GET", target, headers, new byte[0]), WITHIN))) {
            if (open.status() != 200) {
                throw new IOException("it answers " + open.status() + ": " + new String(open.rest(1000), StandardCharsets.UTF_8));
            }
            boolean goesOn = true;
            while (goesOn) {
                Optional<String> line = open.line();
                if (line.isEmpty()) {
                    throw new IOException("it ended the feed");
                }
                goesOn = line.get().isEmpty() || proxy.apply(WireJson.lenient().read(FeedLine.class, line.get()));
            }
        }
    }

    private synchronized HttpStream begin(HttpStream begun) throws IOException {
        if (closed) {
            begun.close();
            throw new IOException("it is closed");
        }
        stream = Optional.of(begun);
        return begun;
    }

    /// Reads all rows anew.
    private synchronized void beginAnew() throws IOException {
        if (stream.isPresent()) {
            stream.get().close();
        }
    }

    private void report() throws IOException, InterruptedException {
        news.tryAcquire(REPORT.toMillis(), TimeUnit.MILLISECONDS);
        news.drainPermits();
        send(proxy.report(false));
    }

    private void send(FeedReport report) throws IOException {
        var all = new ArrayList<>(headers);
        all.add(new Head.Header("Content-Type", "application/json"));
        HttpReply reply = http.call(node, new HttpCall("POST", "/v1/feed", all, WireJson.strict().bytes(report)), WITHIN, MOST_BYTES);
        if (reply.status() != 200) {
            throw new IOException("it answers a report with " + reply.status());
        }
        if (!proxy.answered(report.number(), WireJson.lenient().read(FeedReply.class, reply.body()))) {
            beginAnew();
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// Tells the node that all connections have ended, where it answers, and ends.
    @Override
    public void close() {
        closed = true;
        try {
            beginAnew();
            send(proxy.report(true));
        } catch (IOException | WireException e) {
            LOG.debug("feed: cannot take leave: reason={}", e.getMessage()); // the node finds out by itself
        }
        threads.forEach(Thread::interrupt);
    }
}
