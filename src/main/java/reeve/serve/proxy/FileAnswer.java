package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.http.RequestHead;
import reeve.serve.edge.FileRequest;
import reeve.serve.edge.FileTree;
import reeve.serve.edge.FileTree.Found;

/// Answers one request with a file. The disk is asked on virtual threads, for one part at a time, and only while the client takes
/// what there is: no loop ever waits for it. One exchange, one loop.
final class FileAnswer {
    private static final Logger LOG = LoggerFactory.getLogger(FileAnswer.class);
    private static final int PART = 128 * 1024;

    private final Loop loop;
    private final Exchange exchange;
    private final FileRequest request;
    private final String target;
    private Found.@Nullable File file;
    private long at;
    private long end;
    private boolean keep;
    private boolean reading;
    private boolean over;

    private FileAnswer(Loop loop, Exchange exchange, FileRequest request, String target) {
        this.loop = loop;
        this.exchange = exchange;
        this.request = request;
        this.target = target;
    }

    /// @param path  below the folder, in the place of the client's; null: as it was sent
    static FileAnswer begin(Loop loop, Exchange exchange, FileTree tree, RequestHead head, byte @Nullable [] path) {
        boolean bodiless = exchange.facts().answersHead();
        String asked = path == null ? head.path() : Bytes.latin(path);
        var request = new FileRequest(asked.isEmpty() ? "/" : asked, bodiless, value(head, "Accept-Encoding"), value(head, "If-None-Match"),
                value(head, "If-Modified-Since"), value(head, "Range"), value(head, "If-Range"));
        String query = head.query().isEmpty() ? "" : "?" + head.query();
        var answer = new FileAnswer(loop, exchange, request, head.path() + "/" + query);
        answer.work(() -> {
            Found found = tree.find(request.path(), request.accepts());
            return () -> answer.found(found);
        });
        return answer;
    }

    private static String value(RequestHead head, String name) {
        return head.header(name).orElse("");
    }

    /// Blocks somewhere else, and tells what is to be done here.
    @FunctionalInterface
    private interface Work {
        Runnable run() throws IOException;
    }

    private void work(Work work) {
        reading = true;
        Thread.ofVirtual().name("file").start(() -> {
            Runnable then;
            try {
                then = work.run();
            } catch (IOException e) {
                LOG.warn("files: cannot read: path={} reason={}", request.path(), e.toString());
                then = this::failed;
            }
            Runnable next = then;
            try {
                loop.executor().execute(() -> {
                    reading = false;
                    next.run();
                });
            } catch (RejectedExecutionException e) {
                LOG.debug("files: the proxy has closed meanwhile");
            }
        });
    }

    private void failed() {
        if (over) {
            close();
        } else if (exchange.response().isBegun()) {
            exchange.cut(false);
        } else {
            exchange.answer(Answer.unreadable());
            exchange.client().flush();
        }
    }

    private void found(Found found) {
        if (over) {
            file = found instanceof Found.File late ? late : null;
            close();
            return;
        }
        switch (found) {
            case Found.Nothing() -> exchange.answer(Answer.noFile());
            case Found.Folder() -> // two slashes would lead to another site
                    exchange.answer(target.startsWith("//") ? Answer.noFile() : Answer.movedTo(target));
            case Found.File opened -> {
                file = opened;
                send(opened, request.part(opened.etag(), opened.modified(), opened.size()));
            }
        }
        exchange.client().proceed();
        exchange.client().flush();
    }

    private void send(Found.File opened, FileRequest.Part part) {
        keep = exchange.facts().keepsAlive() && exchange.requestComplete() && !loop.draining();
        int status = switch (part) {
            case FileRequest.Part.Whole() -> {
                end = opened.size();
                yield 200;
            }
            case FileRequest.Part.Range(long from, long to) -> {
                at = from;
                end = to + 1;
                yield 206;
            }
            case FileRequest.Part.Nothing() -> 304;
            case FileRequest.Part.Beyond() -> 416;
        };
        head(opened, status);
        exchange.response().beginOwn(status);
        if (request.bodiless()) {
            at = end;
        }
        exchange.client().writeHead(loop.out(), Unpooled.EMPTY_BUFFER, at == end);
        next();
    }

    private void head(Found.File opened, int status) {
        Bytes out = loop.out();
        out.clear();
        out.put("HTTP/1.1 ").number(status).put(' ').put(Answers.reason(status)).put("\r\n").put(loop.date())
                .put(exchange.answerLines());
        if (status == 416) {
            out.put("Content-Range: bytes */").number(opened.size()).put("\r\n");
        } else {
            out.put("ETag: ").put(opened.etag()).put("\r\nLast-Modified: ").put(FileRequest.date(opened.modified())).put("\r\n");
        }
        if (opened.varies()) {
            out.put("Vary: Accept-Encoding\r\n");
        }
        if (status == 200 || status == 206) {
            out.put("Accept-Ranges: bytes\r\nContent-Type: ").put(opened.type()).put("\r\n");
            if (!opened.coding().isEmpty()) {
                out.put("Content-Encoding: ").put(opened.coding()).put("\r\n");
            }
        }
        if (status == 206) {
            out.put("Content-Range: bytes ").number(at).put('-').number(end - 1).put('/').number(opened.size()).put("\r\n");
        }
        if (status != 304) {
            out.put("Content-Length: ").number(end - at).put("\r\n");
        }
        if (!keep) {
            out.put("Connection: close\r\n");
        } else if (exchange.facts().http10()) {
            out.put("Connection: keep-alive\r\n");
        }
        out.put("\r\n");
        if (exchange.admission() != null) {
            exchange.admission().response(out);
        }
        if (exchange.passage() != null) {
            exchange.passage().response(out);
        }
    }

    /// The client can take more.
    void resume() {
        if (file != null && !reading && !over) {
            next();
            exchange.client().flush();
        }
    }

    private void next() {
        if (at == end) {
            exchange.responseDone(false, keep);
            return;
        }
        Found.File from = file;
        if (from == null || !exchange.client().isWritable()) {
            return;
        }
        int length = (int) Math.min(PART, end - at);
        ByteBuf part = loop.allocator().directBuffer(length);
        ByteBuffer room = part.nioBuffer(0, length);
        long start = at;
        work(() -> {
            int read = 0;
            while (read >= 0 && room.hasRemaining()) {
                read = from.channel().read(room, start + room.position());
            }
            return () -> passed(part, room.position(), length);
        });
    }

    private void passed(ByteBuf part, int read, int length) {
        if (over) {
            part.release();
            close();
        } else if (read < length) { // it has become shorter: what was promised cannot be kept
            part.release();
            exchange.cut(false);
        } else {
            at += length;
            exchange.response().sent(length);
            exchange.client().write(part.writerIndex(length), at == end);
            exchange.client().flush();
            next();
            exchange.client().flush();
        }
    }

    /// Nobody wants the rest, or there is none.
    void end() {
        over = true;
        if (!reading) {
            close();
        }
    }

    private void close() {
        if (file != null) {
            try {
                file.channel().close();
            } catch (IOException e) {
                LOG.debug("files: cannot close", e);
            }
            file = null;
        }
    }
}
