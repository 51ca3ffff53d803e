package reeve.base.http;

import java.nio.ByteBuffer;

/// Walks a chunked body (RFC 9112 §7.1) without copying it, strictly: sizes are hexadecimal digits only, lines end in
/// CR LF, extensions and trailers are well formed and bounded. Data is skipped in one step per chunk. One thread; one
/// scanner serves one body at a time.
public final class ChunkScanner {
    private static final int MOST_EXTENSION_BYTES = 16 * 1024;
    private static final int MOST_TRAILER_BYTES = 16 * 1024;
    private static final int MOST_DIGITS = 16;
    private static final int MOST_DATA = Integer.MAX_VALUE; // in one chunk: what no receiver of 32 bits takes for less

    private State state = State.SIZE_START;
    private long left;
    private int digits;
    private int extensionBytes;
    private int trailerBytes;

    private enum State {
        SIZE_START, SIZE, EXTENSION_NAME_START, EXTENSION_NAME, EXTENSION_VALUE_START, EXTENSION_VALUE, QUOTED, QUOTED_PAIR, QUOTED_END,
                SIZE_LF,
        DATA, DATA_CR, DATA_LF, TRAILER_START, TRAILER_NAME, TRAILER_VALUE, TRAILER_LF, LAST_LF, DONE, BAD
    }

    /// What stands inside the framing. Ranges are absolute positions in the buffer being scanned; what belongs together may
    /// come in several ranges.
    public interface Parts {
        /// Content of a chunk.
        default void data(ByteBuffer in, int from, int to) {}

        /// A piece of an extension: nothing that a forwarder must pass on, and safer not to.
        default void extension(ByteBuffer in, int from, int to) {}

        /// A piece of a trailer line, with its CR LF.
        default void trailer(ByteBuffer in, int from, int to) {}

        /// A piece of the CR LF that ends the body.
        default void end(ByteBuffer in, int from, int to) {}
    }

    public void reset() {
        state = State.SIZE_START;
        left = 0;
        digits = 0;
        extensionBytes = 0;
        trailerBytes = 0;
    }

    /// Walks what is there and leaves the buffer's position after the last byte of the body that it holds.
    /// @return COMPLETE after the body's last line; NEED_MORE when all was walked; Bad (400): nothing that follows can be trusted
    public HeadResult scan(ByteBuffer in, Parts parts) {
        while (state != State.DONE && in.hasRemaining()) {
            if (state == State.DATA) {
                skipData(in, parts);
                continue;
            }
            State before = state;
            int at = in.position();
            state = next(in.get());
            if (state == State.BAD) {
                return bad(before);
            }
            if (isExtension(state)) {
                extensionBytes++;
                parts.extension(in, at, at + 1);
            } else if (isTrailer(before, state)) {
                trailerBytes++;
                parts.trailer(in, at, at + 1);
            } else if (state == State.LAST_LF || state == State.DONE) {
                parts.end(in, at, at + 1);
            }
            if (extensionBytes > MOST_EXTENSION_BYTES || trailerBytes > MOST_TRAILER_BYTES) {
                state = State.BAD;
                return new HeadResult.Bad(400, "a chunked body has too long extensions or trailers");
            }
        }
        return state == State.DONE ? HeadResult.Progress.COMPLETE : HeadResult.Progress.NEED_MORE;
    }

    private void skipData(ByteBuffer in, Parts parts) {
        int from = in.position();
        int to = from + (int) Math.min(left, in.remaining());
        in.position(to);
        parts.data(in, from, to);
        left -= to - from;
        if (left == 0) {
            state = State.DATA_CR;
        }
    }

    private State next(byte b) {
        return switch (state) {
            case SIZE_START -> {
                left = 0;
                digits = 0;
                yield Octets.hex(b) < 0 ? State.BAD : size(b);
            }
            case SIZE -> b == '\r' ? State.SIZE_LF : b == ';' ? State.EXTENSION_NAME_START : size(b);
            case EXTENSION_NAME_START -> Octets.isToken(b) ? State.EXTENSION_NAME : State.BAD;
            case EXTENSION_NAME -> b == '=' ? State.EXTENSION_VALUE_START : extensionPart(b, State.EXTENSION_NAME);
            case EXTENSION_VALUE_START -> b == '"' ? State.QUOTED : Octets.isToken(b) ? State.EXTENSION_VALUE : State.BAD;
            case EXTENSION_VALUE -> extensionPart(b, State.EXTENSION_VALUE);
            case QUOTED -> b == '"' ? State.QUOTED_END : b == '\\' ? State.QUOTED_PAIR : Octets.isText(b) ? State.QUOTED : State.BAD;
            case QUOTED_PAIR -> Octets.isText(b) ? State.QUOTED : State.BAD;
            case QUOTED_END -> b == '\r' ? State.SIZE_LF : b == ';' ? State.EXTENSION_NAME_START : State.BAD;
            case SIZE_LF -> b != '\n' ? State.BAD : left == 0 ? State.TRAILER_START : State.DATA;
            case DATA_CR -> b == '\r' ? State.DATA_LF : State.BAD;
            case DATA_LF -> b == '\n' ? State.SIZE_START : State.BAD;
            case TRAILER_START -> b == '\r' ? State.LAST_LF : Octets.isToken(b) ? State.TRAILER_NAME : State.BAD;
            case TRAILER_NAME -> b == ':' ? State.TRAILER_VALUE : Octets.isToken(b) ? State.TRAILER_NAME : State.BAD;
            case TRAILER_VALUE -> b == '\r' ? State.TRAILER_LF : Octets.isText(b) ? State.TRAILER_VALUE : State.BAD;
            case TRAILER_LF -> b == '\n' ? State.TRAILER_START : State.BAD;
            case LAST_LF -> b == '\n' ? State.DONE : State.BAD;
            case DATA, DONE, BAD -> State.BAD;
        };
    }

    private State size(byte b) {
        int digit = Octets.hex(b);
        if (digit < 0 || ++digits > MOST_DIGITS || left > MOST_DATA >> 4) {
            return State.BAD;
        }
        left = left << 4 | digit;
        return State.SIZE;
    }

    private static State extensionPart(byte b, State same) {
        return b == '\r' ? State.SIZE_LF : b == ';' ? State.EXTENSION_NAME_START : Octets.isToken(b) ? same : State.BAD;
    }

    private static boolean isExtension(State state) {
        return state.compareTo(State.EXTENSION_NAME_START) >= 0 && state.compareTo(State.QUOTED_END) <= 0;
    }

    private static boolean isTrailer(State before, State after) {
        return before == State.TRAILER_LF || after.compareTo(State.TRAILER_NAME) >= 0 && after.compareTo(State.TRAILER_LF) <= 0;
    }

    private static HeadResult bad(State in) {
        return new HeadResult.Bad(400, switch (in) {
            case SIZE_START, SIZE, SIZE_LF -> "a chunk size is not valid";
            case EXTENSION_NAME_START, EXTENSION_NAME, EXTENSION_VALUE_START, EXTENSION_VALUE, QUOTED, QUOTED_PAIR, QUOTED_END ->
                    "a chunk extension is not valid";
            case DATA, DATA_CR, DATA_LF -> "a chunk does not end where its size says";
            case TRAILER_START, TRAILER_NAME, TRAILER_VALUE, TRAILER_LF, LAST_LF -> "a trailer is not valid";
            case DONE, BAD -> "the chunked body has ended";
        });
    }
}
