package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.ByteProcessor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.http.HeadResult;
import reeve.base.http.RequestHead;

/// A client's HTTP/1.1 connection: reads one head after the other, runs one [Exchange] at a time, and keeps what came too early. One loop.
final class ClientConnection extends ChannelInboundHandlerAdapter implements Client, ClientStream {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);
    private static final int SMALL = 16 * 1024; // copied behind the head, into one buffer and one system call
    private static final int MOST_PENDING = 1 << 20; // far more than reading ahead gives; a socket whose peer has gone is read to its end

    private final Loop loop;
    private final Entrance entrance;
    private final Stall stall;
    private @Nullable ChannelHandlerContext context;
    private Phase phase = Phase.HEAD;
    private @Nullable Exchange exchange;
    private @Nullable ByteBuf pending;
    private @Nullable Origin origin;
    private boolean headBegun;
    private boolean served;
    private long deadline;
    private boolean proceeding;
    private boolean inRead;
    private boolean unflushed;
    private boolean reading = true;

    private enum Phase {
        /// Waiting for a request's head.
        HEAD,
        EXCHANGE,
        /// Both sides' bytes pass as they are.
        TUNNEL,
        /// The last answer is sent; what the client still sends is thrown away, so that the answer arrives.
        LINGER,
        CLOSED
    }

    ClientConnection(Loop loop, Entrance entrance) {
        this.loop = loop;
        this.entrance = entrance;
        this.stall = new Stall(loop.settings().timeouts().stall());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
    }

    /// For a connection that was active before it came here: it has shaken hands.
    void begin() {
        begin(context());
    }

    private void begin(ChannelHandlerContext ctx) {
        origin = new Origin(loop, entrance, false, ctx.channel());
        deadline = loop.now() + loop.settings().timeouts().clientIdle().toNanos();
        boolean admitted = loop.admit(this);
        if (!loop.admitsMore(ctx.channel())) {
            refuse(Answer.tooManyOfOneClient());
        } else if (!admitted) {
            refuse(Answer.tooManyConnections());
        }
    }

    @Override
    public Origin origin() {
        if (origin == null) {
            throw new IllegalStateException("cannot forward for a client before it is connected");
        }
        return origin;
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public boolean inRead() {
        return inRead;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("cannot use a client connection before it is registered");
        }
        return context;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        inRead = true;
        ByteBuf in = (ByteBuf) message;
        if (phase == Phase.LINGER || phase == Phase.CLOSED) {
            in.release();
            return;
        }
        if (pending == null) {
            pending = in;
        } else {
            boolean line = phase != Phase.HEAD || in.forEachByte(ByteProcessor.FIND_LF) >= 0;
            pending.writeBytes(in);
            in.release();
            if (pending.readableBytes() > MOST_PENDING) {
                abort();
                return;
            }
            if (!line && pending.readableBytes() < loop.settings().head().bytes()) {
                return; // a head grows by lines: no need to look again
            }
        }
        proceed();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        inRead = false;
        flushBoth();
    }

    private void flushBoth() {
        if (exchange != null) {
            exchange.flushUpstream();
        }
        flush();
    }

    @Override
    public void proceed() {
        if (!proceeding && pending != null) {
            proceeding = true;
            boolean progress = true;
            while (progress && pending != null) {
                progress = step(pending);
            }
            proceeding = false;
            if (!inRead) {
                flushBoth();
            }
        }
        adjustReading();
    }

    /// @return whether another step may be possible
    private boolean step(ByteBuf in) {
        Exchange current = exchange;
        pending = null;
        if (phase == Phase.HEAD) {
            return readHead(in);
        }
        if (current == null || phase == Phase.LINGER || phase == Phase.CLOSED) {
            in.release();
            return false;
        }
        if (phase == Phase.TUNNEL ? !current.takesTunnel() : !current.takesBody()) {
            pending = in;
            return false;
        }
        if (phase == Phase.TUNNEL) {
            current.passTunnel(in);
        } else {
            keep(current.passBody(in));
        }
        return true;
    }

    private void keep(@Nullable ByteBuf rest) {
        if (rest != null && rest.isReadable() && phase != Phase.LINGER && phase != Phase.CLOSED) {
            pending = rest;
        } else if (rest != null) {
            rest.release();
        }
    }

    private boolean readHead(ByteBuf in) {
        byte[] scratch = loop.scratch();
        int length = Math.min(in.readableBytes(), scratch.length);
        in.getBytes(in.readerIndex(), scratch, 0, length);
        RequestHead head = loop.requestHead();
        switch (head.parse(scratch, 0, length)) {
            case HeadResult.Progress.COMPLETE -> {
                in.skipBytes(head.to());
                headBegun = false;
                phase = Phase.EXCHANGE;
                served = true;
                var next = new Exchange(loop, this, head);
                exchange = next;
                keep(in);
                next.begin(head);
                return true;
            }
            case HeadResult.Progress.NEED_MORE -> {
                pending = in;
                if (!headBegun) {
                    headBegun = true;
                    deadline = loop.now() + loop.settings().timeouts().clientHead().toNanos();
                }
                return false;
            }
            case HeadResult.Bad(int status, String reason) -> {
                if (Http2Client.isPreface(scratch, length) && mayBeHttp2()) {
                    becomeHttp2(in);
                } else {
                    in.release();
                    refuse(Answer.bad(status, reason));
                }
                return false;
            }
        }
    }

    /// HTTP/2 is spoken from the first byte or not at all, and over TLS only where the handshake says so (RFC 9113 §3).
    private boolean mayBeHttp2() {
        return !served && !entrance.encrypted() && loop.settings().streams() > 0;
    }

    private void becomeHttp2(ByteBuf received) {
        phase = Phase.CLOSED;
        loop.leave(this);
        ChannelHandlerContext ctx = context();
        var successor = new Http2Client(loop, entrance);
        ctx.pipeline().replace(this, null, successor.handler());
        successor.begin();
        ctx.fireChannelRead(received); // to the successor: it stands where this one stood
    }

    /// Reading stops while what was received cannot be handled: back-pressure. Epoll reports a peer that left even then.
    private void adjustReading() {
        boolean wanted = switch (phase) {
            case HEAD, LINGER, CLOSED -> true;
            case EXCHANGE, TUNNEL -> pending == null && (exchange == null || exchange.upstreamIsWritable());
        };
        if (wanted != reading) {
            reading = wanted;
            context().channel().config().setAutoRead(wanted);
        }
    }

    /// Answers what is no request, and ends the connection.
    private void refuse(Answer answer) {
        answer(answer, origin().formOfRefusal());
        origin().logRefusal(answer);
        end(true);
    }

    @Override
    public void answer(Answer answer, Answers.Form form) {
        loop.answers().write(answer, loop.date(), origin().answerLines(), form);
        write(loop.written());
    }

    @Override
    public void writeHead(Bytes head) {
        write(loop.written());
    }

    @Override
    public void writeHead(Bytes head, ByteBuf part, boolean last) {
        int length = part.readableBytes();
        if (length > SMALL) {
            write(loop.written());
            write(part.retain());
            return;
        }
        ByteBuf whole = loop.allocator().directBuffer(head.length() + length).writeBytes(head.array(), 0, head.length());
        whole.writeBytes(part, part.readerIndex(), length);
        write(whole);
    }

    @Override
    public void write(ByteBuf part, boolean last) {
        write(part);
    }

    @Override
    public boolean takesChunks() {
        return true;
    }

    @Override
    public void writeTrailers(Bytes lines) {
        throw new IllegalStateException("trailers of HTTP/1.1 stand in its last chunk");
    }

    @Override
    public void writeTunnel(ByteBuf part) {
        write(part);
    }

    private void write(ByteBuf bytes) {
        unflushed = true;
        context().write(bytes, context().voidPromise());
    }

    @Override
    public void flush() {
        if (unflushed) {
            unflushed = false;
            context().flush();
        }
    }

    @Override
    public void becomeTunnel() {
        phase = Phase.TUNNEL;
    }

    @Override
    public void exchangeEnded(boolean keep) {
        exchange = null;
        if (phase == Phase.CLOSED) {
            return;
        }
        if (!keep) {
            end(true);
            return;
        }
        phase = Phase.HEAD;
        headBegun = false;
        deadline = loop.now() + loop.settings().timeouts().clientIdle().toNanos();
        proceed();
    }

    /// Closes once all is sent.
    /// @param linger whether to go on reading for a moment: closing with unread bytes would destroy the answer on its way
    private void end(boolean linger) {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.LINGER;
        deadline = loop.now() + Farewell.LASTS.toNanos();
        releasePending();
        adjustReading();
        unflushed = false;
        if (linger) {
            Farewell.say(context());
        } else {
            context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void cut(boolean reset) {
        exchange = null;
        if (reset) {
            context().channel().config().setOption(ChannelOption.SO_LINGER, 0);
            abort();
        } else {
            end(false);
        }
    }

    /// Passes by TLS, which would say that this is the end in order.
    @Override
    public void abort() {
        context().pipeline().firstContext().close();
    }

    /// Its next answer says that it ends; closed before, it could cross a request.
    @Override
    public void retire() {
        // every answer is asked whether the proxy drains
    }

    @Override
    public void drain() {
        if (phase == Phase.HEAD && pending == null) {
            context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void tick(long now) {
        if (phase == Phase.HEAD && now - deadline > 0) {
            if (headBegun) {
                refuse(Answer.clientTooSlow("its head did not arrive in time"));
                flush();
            } else {
                context().close();
            }
        } else if (phase == Phase.LINGER && now - deadline > 0 && isWritable()) {
            abort();
        } else if (exchange != null) {
            exchange.tick(now);
        }
        if (stalls(now)) {
            abort();
        }
    }

    /// Whether the client has taken nothing of what waits for it, for too long.
    private boolean stalls(long now) {
        if (isWritable()) {
            stall.none();
            return false;
        }
        return stall.lasts(context().channel().bytesBeforeWritable(), now);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (exchange != null && isWritable()) {
            exchange.clientIsWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        phase = Phase.CLOSED;
        loop.leave(this);
        releasePending();
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.clientGone();
        }
    }

    private void releasePending() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("proxy: a connection failed: address={}", ctx.channel().remoteAddress(), cause);
        }
        abort(); // a client that reset its connection; channelInactive ends the exchange
    }
}
