package reeve.serve.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import reeve.serve.edge.Sink;

/// A growing array that text is assembled in, reused from message to message. One loop.
final class Bytes implements Sink {
    private byte[] array;
    private int length;

    Bytes() {
        this(8 * 1024);
    }

    Bytes(int room) {
        array = new byte[room];
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static String latin(byte[] text) {
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    void clear() {
        length = 0;
    }

    /// Takes back the last bytes.
    Bytes back(int count) {
        length -= count;
        return this;
    }

    /// Each gets what the other has.
    void swap(Bytes other) {
        byte[] its = other.array;
        int itsLength = other.length;
        other.array = array;
        other.length = length;
        array = its;
        length = itsLength;
    }

    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    /// Takes back what was put last.
    Bytes shorten(int by) {
        length -= by;
        return this;
    }

    byte[] copy() {
        return Arrays.copyOf(array, length);
    }

    /// Where the head that it starts with ends, after the empty line; the length where there is none.
    int endOfHead() {
        for (int at = 3; at < length; at++) {
            if (array[at] == '\n' && array[at - 1] == '\r' && array[at - 2] == '\n') {
                return at + 1;
            }
        }
        return length;
    }

    Bytes put(byte[] from) {
        return put(from, 0, from.length);
    }

    @Override
    public Bytes put(byte[] from, int start, int end) {
        int count = end - start;
        room(count);
        System.arraycopy(from, start, array, length, count);
        length += count;
        return this;
    }

    Bytes put(char ascii) {
        room(1);
        array[length++] = (byte) ascii;
        return this;
    }

    Bytes put(String latin) {
        return put(latin.getBytes(StandardCharsets.ISO_8859_1));
    }

    Bytes number(long value) {
        room(20);
        if (value < 0) {
            return put(Long.toString(value));
        }
        int digits = 1;
        for (long left = value; left >= 10; left /= 10) {
            digits++;
        }
        long left = value;
        for (int at = length + digits - 1; at >= length; at--) {
            array[at] = (byte) ('0' + left % 10);
            left /= 10;
        }
        length += digits;
        return this;
    }

    /// Puts what was put since then into lower case.
    void lower(int from) {
        for (int i = from; i < length; i++) {
            array[i] = array[i] >= 'A' && array[i] <= 'Z' ? (byte) (array[i] + 32) : array[i];
        }
    }

    private void room(int count) {
        if (array.length - length < count) {
            array = Arrays.copyOf(array, Math.max(array.length * 2, length + count));
        }
    }
}
