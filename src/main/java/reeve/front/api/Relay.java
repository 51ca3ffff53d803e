package reeve.front.api;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Session;
import reeve.base.http.Frame;
import reeve.base.http.FrameChannel;
import reeve.model.wire.ExecRequest;

/// Between a command and the client that talks to it: frames to input, output to frames, until the command has ended. A client
/// that leaves ends the command. Four threads: what a terminal gives and takes holds its thread in the kernel, so they are not
/// virtual ones.
final class Relay {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final int BLOCK = 16 * 1024;
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Session session;
    private final FrameChannel frames;

    Relay(Session session, FrameChannel frames) {
        this.session = session;
        this.frames = frames;
    }

    /// Returns when the command has ended.
    void run() throws IOException {
        try (session; frames) {
            Thread output = start("output", () -> send(ExecRequest.OUTPUT, session.out()));
            Thread error = start("errors", () -> send(ExecRequest.ERROR, session.err()));
            Thread input = start("input", this::receive);
            int code = session.await();
            output.join(LAST_WORDS); // something it left behind may hold its output open
            error.join(LAST_WORDS);
            frames.write(new Frame(ExecRequest.EXIT, Integer.toString(code)));
            frames.end();
            input.join(LAST_WORDS); // what was not read would turn the close into a reset, which can overtake the last frame
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Part {
        void run() throws IOException;
    }

    private static Thread start(String name, Part part) {
        return Thread.ofPlatform().daemon().name("session " + name).start(() -> {
            try {
                part.run();
            } catch (IOException | RuntimeException e) {
                LOG.debug("a part of a session ended: part={} reason={}", name, e.getMessage());
            }
        });
    }

    private void send(int kind, InputStream from) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int count = from.read(block); count >= 0; count = from.read(block)) {
            frames.write(new Frame(kind, Arrays.copyOf(block, count)));
        }
    }

    private void receive() throws IOException {
        try {
            for (Optional<Frame> frame = frames.read(); frame.isPresent(); frame = frames.read()) {
                take(frame.get());
            }
        } finally {
            session.close(); // nobody is there any more
        }
    }

    private void take(Frame frame) throws IOException {
        switch (frame.kind()) {
            case ExecRequest.INPUT -> input(frame.bytes());
            case ExecRequest.END_OF_INPUT -> session.in().close();
            case ExecRequest.RESIZE -> resize(frame.text());
            default -> throw new IOException("cannot understand a frame of kind " + frame.kind());
        }
    }

    /// A command that reads no more is not told what comes after.
    private void input(byte[] bytes) {
        try {
            session.in().write(bytes);
            session.in().flush();
        } catch (IOException e) {
            LOG.debug("a command takes no more input: reason={}", e.getMessage());
        }
    }

    private void resize(String text) throws IOException {
        if (!text.matches("[1-9][0-9]{0,3} [1-9][0-9]{0,3}")) {
            throw new IOException("cannot understand a size");
        }
        String[] numbers = text.split(" ");
        session.resize(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
    }
}
