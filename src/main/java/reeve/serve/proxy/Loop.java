package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reeve.base.Jitter;
import reeve.base.Time;
import reeve.base.http.BodyKind;
import reeve.base.http.RequestHead;
import reeve.base.http.ResponseHead;
import reeve.model.ServiceId;
import reeve.serve.access.ClientRates;
import reeve.serve.certificate.BackendContexts;
import reeve.serve.compress.Coders;
import reeve.serve.route.RouteRequest;
import reeve.serve.route.RouteTable;
import reeve.sleep.WakeGate;

/// What the connections of one event loop share, because only one of them works at a time: the scratch array heads are read
/// in, the parsers, the bytes heads are written in, the pool. All methods on the loop, but for construction.
final class Loop {
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);
    private static final int LARGEST_READ = 256 * 1024;
    private static final int MOST_SQUEEZES = 256; // each takes up to 2 MB
    private static final long TICK_MILLIS = 200;
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("'Date: 'EEE, dd MMM yyyy HH:mm:ss 'GMT\r\n'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final Shared shared;
    private final EventLoop executor;
    private final RecvByteBufAllocator receiveBuffers = new AdaptiveRecvByteBufAllocator(1024, 2048, LARGEST_READ);
    private final byte[] scratch;
    private final RequestHead requestHead;
    private final ResponseHead responseHead;
    private final RouteRequest routeRequest;
    private final Bytes out = new Bytes();
    private final Bytes spare = new Bytes();
    private final HeadRewriter rewriter;
    private final Answers answers = new Answers(out);
    private final BodyFraming noBody = new BodyFraming(BodyKind.NONE, 0, false);
    private final UpstreamPool pool = new UpstreamPool(this);
    private final Set<Client> clients = Collections.newSetFromMap(new IdentityHashMap<>());
    private final @Nullable AccessLines accessLines;
    private final @Nullable NodeRules nodeRules;
    private int squeezes;
    private long dateSecond = Long.MIN_VALUE;
    private byte[] date = new byte[0];

    Loop(Shared shared, EventLoop executor) {
        this.shared = shared;
        this.executor = executor;
        this.rewriter = new HeadRewriter(out, shared.settings().edge().keepsUnderscored());
        this.scratch = new byte[shared.settings().head().bytes() + 1];
        this.requestHead = new RequestHead(shared.settings().head());
        this.routeRequest = new RouteRequest(requestHead::has);
        this.responseHead = new ResponseHead(shared.settings().head());
        this.accessLines = shared.accessLog().map(log -> new AccessLines(log, shared.time(), shared.settings().notes().log()))
                .orElse(null);
        this.nodeRules = NodeRules.of(shared.settings().notes(), shared.jitter(), accessLines != null,
                shared.traffic().routes().counts());
    }

    /// Begins the tick, which enforces all time limits of the loop at once: no timer per request.
    void start() {
        refreshDate();
        executor.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        long now = now();
        refreshDate();
        List.copyOf(clients).forEach(client -> client.tick(now));
        pool.tick(now);
        if (accessLines != null) {
            accessLines.flush();
        }
    }

    private void refreshDate() {
        var wall = shared.time().wall();
        if (wall.getEpochSecond() != dateSecond) {
            dateSecond = wall.getEpochSecond();
            date = Bytes.ascii(DATE.format(wall));
        }
    }

    /// @return false when there are too many connections already
    boolean admit(Client client) {
        if (draining()) { // it was accepted just before, and has shaken hands since
            executor.execute(client::retire);
        }
        clients.add(client);
        return shared.connections().incrementAndGet() <= shared.settings().connections().all();
    }

    /// @return false when its client has too many already; to be asked first of each connection
    boolean admitsMore(Channel connection) {
        return shared.crowd() == null || shared.crowd().admits(connection);
    }

    void leave(Client client) {
        if (clients.remove(client)) {
            shared.connections().decrementAndGet();
        }
    }

    /// A client that shakes hands counts as a connection.
    /// @return false when there are too many already
    boolean beginHandshake() {
        return shared.connections().incrementAndGet() <= shared.settings().connections().all();
    }

    void endHandshake() {
        shared.connections().decrementAndGet();
    }

    /// First step of closing: idle connections go at once, busy ones after their answer.
    void drain() {
        List.copyOf(clients).forEach(Client::drain);
        pool.dropAll();
    }

    /// In place of the first step, where a successor takes new connections.
    void retire() {
        List.copyOf(clients).forEach(Client::retire);
    }

    /// Last step of closing.
    void abort() {
        List.copyOf(clients).forEach(Client::abort);
        pool.dropAll();
        if (accessLines != null) {
            accessLines.flush();
        }
    }

    void dropIdle(ServiceId service) {
        try {
            executor.execute(() -> pool.drop(service));
        } catch (RejectedExecutionException e) {
            // the proxy has just closed, and its connections with it
        }
    }

    /// What was written into [#out], as a buffer to send.
    ByteBuf written() {
        return shared.allocator().directBuffer(out.length()).writeBytes(out.array(), 0, out.length());
    }

    RouteTable routes() {
        return shared.routes().table();
    }

    BackendContexts backends() {
        return shared.backends();
    }

    SocketChannel newSocket() {
        return shared.newSocket().get();
    }

    boolean draining() {
        return shared.draining().get();
    }

    long now() {
        return shared.time().nanos();
    }

    Identity identity() {
        return shared.identity();
    }

    EventLoop executor() {
        return executor;
    }

    ProxySettings settings() {
        return shared.settings();
    }

    ByteBufAllocator allocator() {
        return shared.allocator();
    }

    RecvByteBufAllocator receiveBuffers() {
        return receiveBuffers;
    }

    ServiceTraffic traffic(ServiceId service) {
        return shared.traffic().of(service);
    }

    AnswerCounts.Row answered(@Nullable ServiceId service) {
        return shared.traffic().answers().of(service);
    }

    ClientRates clientRates() {
        return shared.clientRates();
    }

    PasswordChecks passwordChecks() {
        return shared.passwordChecks();
    }

    RefusalCounts refusals() {
        return shared.traffic().refusals();
    }

    HandshakeCounts handshakes() {
        return shared.traffic().handshakes();
    }

    /// What is counted by route.
    RouteCounts routeCounts() {
        return shared.traffic().routes();
    }

    Time time() {
        return shared.time();
    }

    WakeGate wakeGate() {
        return shared.wakeGate();
    }

    Jitter jitter() {
        return shared.jitter();
    }

    byte[] scratch() {
        return scratch;
    }

    RequestHead requestHead() {
        return requestHead;
    }

    /// The question that the table is asked about the head last read.
    RouteRequest routeRequest() {
        return routeRequest;
    }

    ResponseHead responseHead() {
        return responseHead;
    }

    Bytes out() {
        return out;
    }

    Coders coders() {
        return shared.coders();
    }

    /// @return false where so many answers are compressed that memory would not be bounded
    boolean beginSqueeze() {
        if (squeezes >= MOST_SQUEEZES) {
            return false;
        }
        squeezes++;
        return true;
    }

    void endSqueeze() {
        squeezes--;
    }

    /// For who writes [#out] anew.
    Bytes spare() {
        return spare;
    }

    /// Null where nothing is done for every request.
    @Nullable NodeRules nodeRules() {
        return nodeRules;
    }

    HeadRewriter rewriter() {
        return rewriter;
    }

    Answers answers() {
        return answers;
    }

    /// The framing of every message without a body.
    BodyFraming noBody() {
        return noBody;
    }

    UpstreamPool pool() {
        return pool;
    }

    /// A `Date` line of the present second.
    byte[] date() {
        return date;
    }

    /// Null where no access log is kept.
    @Nullable AccessLines accessLines() {
        return accessLines;
    }
}
