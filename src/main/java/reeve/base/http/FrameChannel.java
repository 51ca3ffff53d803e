package reeve.base.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/// A connection that HTTP was left for (101 Switching Protocols, RFC 9110 §15.2.2): frames both ways, for as long as both ends
/// like. A frame is its kind in one octet, the length of its content in four, the highest first, and its content.
/// One thread reads, any write, any closes. Nothing here has a deadline: who takes nothing holds the other one up.
public final class FrameChannel implements AutoCloseable {
    private static final int HEAD = 5;

    private final SocketChannel channel;
    private final Inbound in;

    FrameChannel(SocketChannel channel, Inbound in) {
        this.channel = channel;
        this.in = in;
    }

    /// Waits for the next frame.
    /// @return empty when the other end has closed
    public Optional<Frame> read() throws IOException {
        if (!in.await()) {
            return Optional.empty();
        }
        ByteBuffer head = ByteBuffer.wrap(take(HEAD));
        int kind = Byte.toUnsignedInt(head.get());
        int length = head.getInt();
        if (length < 0 || length > Frame.MOST_BYTES) {
            throw new IOException("cannot read a frame of " + Integer.toUnsignedString(length) + " bytes");
        }
        return Optional.of(new Frame(kind, take(length)));
    }

    private byte[] take(int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length;) {
            if (!in.await()) {
                throw new EOFException("cannot read a frame: the connection ended within it");
            }
            at += in.take(bytes, at, length - at);
        }
        return bytes;
    }

    public synchronized void write(Frame frame) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(HEAD + frame.bytes().length);
        all.put((byte) frame.kind()).putInt(frame.bytes().length).put(frame.bytes()).flip();
        while (all.hasRemaining()) {
            channel.write(all);
        }
    }

    /// Nothing more is written here; the other end reads what was, then the end.
    public void end() throws IOException {
        channel.shutdownOutput();
    }

    /// Ends a read that waits, at both ends.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
