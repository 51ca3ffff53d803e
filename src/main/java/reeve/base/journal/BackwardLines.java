package reeve.base.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The lines of a file from the last to the first, read block by block, so that the newest cost one read. One thread.
final class BackwardLines {
    private static final int BLOCK = 64 * 1024;
    /// More than any line the journal writes. A longer one is damage; it comes in pieces.
    private static final int LONGEST = 512 * 1024;

    private final FileChannel file;
    /// Where in the file the buffer begins. Its first `end` bytes, and all of the file before it, are still to be read.
    private long begin;
    private byte[] buffer = {};
    private int end;

    /// @param size of the part of the file to read
    BackwardLines(FileChannel file, long size) {
        this.file = file;
        this.begin = size;
    }

    /// How much of the file, from its beginning, is still to be read.
    long remaining() {
        return begin + end;
    }

    boolean endsWithNewline() throws IOException {
        if (end == 0) {
            fill();
        }
        return end > 0 && buffer[end - 1] == '\n';
    }

    /// @return the line without its newline; null at the beginning of the file
    byte @Nullable [] next() throws IOException {
        if (remaining() == 0) {
            return null;
        }
        boolean terminated = endsWithNewline();
        while (true) {
            int lineEnd = terminated ? end - 1 : end;
            int newline = lastNewline(lineEnd);
            if (newline < 0 && begin > 0 && end < LONGEST) {
                fill();
                continue;
            }
            byte[] line = Arrays.copyOfRange(buffer, newline + 1, lineEnd);
            end = newline + 1;
            return line;
        }
    }

    private int lastNewline(int before) {
        for (int i = before - 1; i >= 0; i--) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /// Puts the block before the buffer in front of what is still to be read of it.
    private void fill() throws IOException {
        int length = (int) Math.min(BLOCK, begin);
        byte[] longer = new byte[length + end];
        ByteBuffer block = ByteBuffer.wrap(longer, 0, length);
        while (block.hasRemaining() && file.read(block, begin - length + block.position()) >= 0) {
            // until the block is full; a file that became shorter leaves zeros, which are no entry
        }
        System.arraycopy(buffer, 0, longer, length, end);
        buffer = longer;
        begin -= length;
        end += length;
    }
}
