package reeve.front.api;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reeve.base.http.HttpAnswer;

/// One log file: its last lines, then what is added to it, also after it was cut or replaced. Reads a bounded amount at a
/// time. Only regular files are opened, and no link is followed: the folder may hold what a service put there. One thread.
final class LogTail implements Closeable {
    private static final int BLOCK = 64 * 1024;
    private static final int MOST_AT_ONCE = 1024 * 1024;
    private static final int MOST_OF_A_LINE = 512;
    private static final int MOST_BACK = 16 * 1024 * 1024;

    private final String prefix;
    private final Path path;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private @Nullable SeekableByteChannel file;
    private @Nullable Object identity;
    private long position;

    /// @param instance whose log it is
    LogTail(String instance, Path path) {
        this.prefix = instance.substring(instance.indexOf('/') + 1) + " | ";
        this.path = path;
    }

    /// Sends the last lines. Looks back a bounded way: of very long lines fewer are shown.
    void last(int lines, HttpAnswer.Sink out) throws IOException {
        SeekableByteChannel open = open();
        if (open == null) {
            return;
        }
        long size = open.size();
        position = lines == 0 ? size : startOfLast(open, size, lines);
        while (position < size && fresh(out)) {
            // a bounded amount at a time
        }
        flushLine(out);
    }

    /// The last line that is not blank, if it lies near the end of the file; long ones are cut.
    Optional<String> lastLine() throws IOException {
        SeekableByteChannel open = open();
        if (open == null) {
            return Optional.empty();
        }
        var block = ByteBuffer.allocate(MOST_OF_A_LINE);
        open.position(Math.max(0, open.size() - MOST_OF_A_LINE));
        while (block.hasRemaining() && open.read(block) >= 0) {
            // until the block is full, or the file's end
        }
        return new String(block.array(), 0, block.position(), StandardCharsets.UTF_8).lines().map(LineStamp::without)
                .filter(text -> !text.isBlank())
                .reduce((_, next) -> next).map(String::strip);
    }

    /// Sends what was added since; a line is sent when it is whole.
    /// @return whether anything was read
    boolean fresh(HttpAnswer.Sink out) throws IOException {
        SeekableByteChannel open = open();
        if (open == null) {
            return false;
        }
        if (open.size() < position) {
            position = 0; // it was cut
        }
        var sent = new ByteArrayOutputStream();
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        int total = 0;
        for (int count = 1; count > 0 && total < MOST_AT_ONCE; total += count) {
            open.position(position);
            count = Math.max(0, open.read(block.clear()));
            position += count;
            split(block.array(), count, sent);
        }
        out.write(sent.toByteArray());
        return total > 0;
    }

    private void split(byte[] bytes, int count, ByteArrayOutputStream sent) {
        int from = 0;
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n' || line.size() + i - from >= BLOCK) {
                boolean ends = bytes[i] == '\n';
                line.write(bytes, from, i - from + (ends ? 0 : 1));
                sent.writeBytes(prefix.getBytes(StandardCharsets.UTF_8));
                byte[] whole = line.toByteArray();
                int stamp = LineStamp.length(whole);
                sent.write(whole, stamp, whole.length - stamp);
                sent.write('\n');
                line.reset();
                from = i + 1;
            }
        }
        line.write(bytes, from, count - from);
    }

    /// The last line of a log that nobody ended.
    private void flushLine(HttpAnswer.Sink out) throws IOException {
        if (line.size() > 0) {
            out.write(prefix + LineStamp.without(line.toString(StandardCharsets.UTF_8)) + "\n");
            line.reset();
        }
    }

    private static long startOfLast(SeekableByteChannel file, long size, int lines) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        int found = 0;
        long end = size;
        while (end > 0 && size - end < MOST_BACK) {
            long start = Math.max(0, end - BLOCK);
            block.clear().limit((int) (end - start));
            file.position(start);
            while (block.hasRemaining() && file.read(block) >= 0) {
                // until the block is full
            }
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n' && start + i < size - 1 && ++found == lines) {
                    return start + i + 1;
                }
            }
            end = start;
        }
        return end;
    }

    private @Nullable SeekableByteChannel open() throws IOException {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                return null;
            }
            if (file != null && attributes.fileKey().equals(identity)) {
                return file;
            }
            close();
            file = Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
            identity = attributes.fileKey();
            position = 0;
            return file;
        } catch (NoSuchFileException e) {
            return file; // nothing was written yet, or it was just taken away
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
