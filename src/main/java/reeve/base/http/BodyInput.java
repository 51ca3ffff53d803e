package reeve.base.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// The content of one message's body, framing removed, as a stream that ends where the body ends. One thread.
final class BodyInput extends InputStream {
    private final Inbound in;
    private final BodyKind kind;
    private final ChunkScanner chunks = new ChunkScanner();
    private long left;
    private byte[] decoded = new byte[0];
    private int decodedFrom;
    private boolean lastChunk;
    private boolean ended;

    /// @param length of a body of kind LENGTH, otherwise unused
    BodyInput(Inbound in, BodyKind kind, long length) {
        this.in = in;
        this.kind = kind;
        this.left = length;
        this.ended = kind == BodyKind.NONE;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        if (length == 0) {
            return 0; // who asks for no byte need not wait for one
        }
        return switch (kind) {
            case NONE -> -1;
            case LENGTH -> readLength(into, offset, length);
            case CHUNKED -> readChunks(into, offset, length);
            case UNTIL_CLOSE -> readUntilClose(into, offset, length);
        };
    }

    /// @throws BodyTooLargeException when there is more than `most`
    byte[] readWhole(int most) throws IOException {
        if (kind == BodyKind.LENGTH && left > most) {
            throw new BodyTooLargeException(most);
        }
        byte[] body = readNBytes(most + 1);
        if (body.length > most) {
            throw new BodyTooLargeException(most);
        }
        return body;
    }

    private int readLength(byte[] into, int offset, int length) throws IOException {
        needBytes();
        int count = in.take(into, offset, (int) Math.min(length, left));
        left -= count;
        ended = left == 0;
        return count;
    }

    private int readUntilClose(byte[] into, int offset, int length) throws IOException {
        ended = !in.await();
        return ended ? -1 : in.take(into, offset, length);
    }

    private int readChunks(byte[] into, int offset, int length) throws IOException {
        while (decodedFrom == decoded.length) {
            if (lastChunk) {
                ended = true;
                return -1;
            }
            needBytes();
            decodeChunks();
        }
        int count = Math.min(length, decoded.length - decodedFrom);
        System.arraycopy(decoded, decodedFrom, into, offset, count);
        decodedFrom += count;
        return count;
    }

    private void decodeChunks() throws IOException {
        var data = new ByteArrayOutputStream();
        ByteBuffer view = in.view();
        HeadResult result = chunks.scan(view, new ChunkScanner.Parts() {
            @Override
            public void data(ByteBuffer buffer, int from, int to) {
                data.write(buffer.array(), from, to - from);
            }
        });
        switch (result) {
            case HeadResult.Bad(int _, String reason) -> throw new IOException("cannot read the body: " + reason);
            case HeadResult.Progress progress -> lastChunk = progress == HeadResult.Progress.COMPLETE;
        }
        in.consumed(view);
        decoded = data.toByteArray();
        decodedFrom = 0;
    }

    private void needBytes() throws IOException {
        if (!in.await()) {
            throw new EOFException("cannot read the body: the connection ended within it");
        }
    }
}
