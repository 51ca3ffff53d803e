package reeve.front.client;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import reeve.base.http.Frame;
import reeve.base.http.FrameChannel;
import reeve.model.Failure;
import reeve.model.wire.ExecRequest;

/// A command that runs on the node and is talked to. One thread listens, any speak. Closing it ends the command.
public final class Talk implements AutoCloseable {
    private static final int MOST_AT_ONCE = 16 * 1024;

    private final FrameChannel frames;

    Talk(FrameChannel frames) {
        this.frames = frames;
    }

    /// What is heard of the command.
    public sealed interface Heard {
        record Output(byte[] bytes) implements Heard {}

        record Error(byte[] bytes) implements Heard {}

        /// @param exitCode 128 and the signal's number where a signal ended it
        record Ended(int exitCode) implements Heard {}
    }

    /// Waits for what comes next.
    /// @throws Failure `UNAVAILABLE` where the node went away
    public Heard listen() {
        try {
            Optional<Frame> frame = frames.read();
            if (frame.isEmpty()) {
                throw new Failure(Failure.Kind.UNAVAILABLE, "cannot tell how the command ended: the node ended the connection");
            }
            return switch (frame.get().kind()) {
                case ExecRequest.OUTPUT -> new Heard.Output(frame.get().bytes());
                case ExecRequest.ERROR -> new Heard.Error(frame.get().bytes());
                case ExecRequest.EXIT -> new Heard.Ended(Integer.parseInt(frame.get().text()));
                default -> throw new IOException("it sends what is not understood");
            };
        } catch (IOException | NumberFormatException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot tell how the command ended: " + e.getMessage(), e);
        }
    }

    /// Input for the command; waits while it takes none.
    /// @return false when nobody takes it any more
    public boolean say(byte[] bytes, int count) {
        for (int at = 0; at < count; at += MOST_AT_ONCE) {
            if (!send(new Frame(ExecRequest.INPUT, Arrays.copyOfRange(bytes, at, Math.min(count, at + MOST_AT_ONCE))))) {
                return false;
            }
        }
        return true;
    }

    public void endInput() {
        send(new Frame(ExecRequest.END_OF_INPUT, ""));
    }

    public void resize(int rows, int columns) {
        send(new Frame(ExecRequest.RESIZE, rows + " " + columns));
    }

    private boolean send(Frame frame) {
        try {
            frames.write(frame);
            return true;
        } catch (IOException e) {
            return false; // it has ended, or the node went away: whoever listens learns which
        }
    }

    @Override
    public void close() {
        try {
            frames.close();
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot end a connection: " + e.getMessage(), e);
        }
    }
}
