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
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reeve.base.http.HttpAnswer;

/// One log file: its last lines, then what is added to it, also after it was put aside as `LOG.1`, cut or replaced. Reads a
/// bounded amount at a time. Only regular files are opened, and no link is followed: the folder may hold what a service put
/// there. One thread.
final class LogTail implements Closeable {
    private static final int BLOCK = 64 * 1024;
    private static final int MOST_AT_ONCE = 1024 * 1024;
    private static final int MOST_OF_A_LINE = 512;
    private static final int MOST_BACK = 16 * 1024 * 1024;
    private static final int MOST_PUT_ASIDE = 100;

    private final String prefix;
    private final Path path;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /// What was put aside before all of it was sent, oldest first.
    private final ArrayDeque<Reading> aside = new ArrayDeque<>();

    private @Nullable Reading file;
    /// Of `LOG.1` when it was last looked at.
    private @Nullable Object putAside;
    private boolean cut;

    /// An open file and how far it has been read.
    private static final class Reading {
        private final SeekableByteChannel channel;
        private final @Nullable Object identity;
        private long position;

        Reading(SeekableByteChannel channel, @Nullable Object identity, long position) {
            this.channel = channel;
            this.identity = identity;
            this.position = position;
        }
    }

    /// @param instance whose log it is
    LogTail(String instance, Path path) {
        this.prefix = instance.substring(instance.indexOf('/') + 1) + " | ";
        this.path = path;
        this.putAside = identity(older(1));
    }

    /// Sends the last lines, with those of `LOG.1` where there are too few. Looks back a bounded way: of very long lines fewer
    /// are shown.
    void last(int lines, HttpAnswer.Sink out) throws IOException {
        Reading open = open();
        if (open == null) {
            return;
        }
        long size = open.channel.size();
        Tail tail = lines == 0 ? new Tail(size, 0) : startOfLast(open.channel, size, lines);
        if (tail.start == 0 && tail.lines < lines && identity(older(1)) != null) {
            try (var before = channel(older(1))) {
                long end = before.size();
                sendAll(new Reading(before, null, startOfLast(before, end, lines - tail.lines).start), end, out);
            }
        }
        open.position = tail.start;
        sendAll(open, size, out);
        flushLine(out);
    }

    private void sendAll(Reading from, long end, HttpAnswer.Sink out) throws IOException {
        while (from.position < end && send(from, out)) {
            // a bounded amount at a time
        }
    }

    /// The last line that is not blank, if it lies near the end of the file; long ones are cut.
    Optional<String> lastLine() throws IOException {
        Reading open = open();
        if (open == null) {
            return Optional.empty();
        }
        var block = ByteBuffer.allocate(MOST_OF_A_LINE);
        open.channel.position(Math.max(0, open.channel.size() - MOST_OF_A_LINE));
        while (block.hasRemaining() && open.channel.read(block) >= 0) {
            // until the block is full, or the file's end
        }
        return new String(block.array(), 0, block.position(), StandardCharsets.UTF_8).lines().map(LineStamp::without)
                .filter(text -> !text.isBlank())
                .reduce((_, next) -> next).map(String::strip);
    }

    /// Sends what was added since; a line is sent when it is whole.
    /// @return whether anything was read
    boolean fresh(HttpAnswer.Sink out) throws IOException {
        noticePutAside();
        while (!aside.isEmpty()) {
            if (send(aside.getFirst(), out)) {
                return true; // what is newer follows when all of this is sent
            }
            aside.removeFirst().channel.close();
        }
        Reading open = open();
        if (open == null) {
            return false;
        }
        if (open.channel.size() >= open.position) {
            cut = false;
        } else if (cut) {
            open.position = 0; // somebody emptied it, and it was not put aside meanwhile
        } else {
            cut = true; // perhaps just being put aside: then it shows as `LOG.1` at the next look
            return false;
        }
        return send(open, out);
    }

    /// A log is put aside by copying it to `LOG.1` and cutting it: what was not read of it yet is read there.
    private void noticePutAside() throws IOException {
        Object newest = identity(older(1));
        if (Objects.equals(newest, putAside)) {
            return;
        }
        var since = new ArrayDeque<Reading>();
        for (int i = 1; i <= MOST_PUT_ASIDE; i++) {
            Object each = identity(older(i));
            if (each == null || each.equals(putAside)) {
                break;
            }
            since.addFirst(new Reading(channel(older(i)), each, 0));
        }
        putAside = newest;
        if (file != null && !since.isEmpty()) {
            Reading oldest = since.getFirst();
            oldest.position = file.position <= oldest.channel.size() ? file.position : 0;
            file.position = 0;
        }
        aside.addAll(since);
    }

    private static SeekableByteChannel channel(Path path) throws IOException {
        return Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    private Path older(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    /// Null where there is no plain file.
    private static @Nullable Object identity(Path path) {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? attributes.fileKey() : null;
        } catch (IOException e) {
            return null; // not there, or just being renamed
        }
    }

    /// Sends what there is from where reading stopped, up to a bound.
    private boolean send(Reading from, HttpAnswer.Sink out) throws IOException {
        var sent = new ByteArrayOutputStream();
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        int total = 0;
        for (int count = 1; count > 0 && total < MOST_AT_ONCE; total += count) {
            from.channel.position(from.position);
            count = Math.max(0, from.channel.read(block.clear()));
            from.position += count;
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

    /// @param start of the last lines
    /// @param lines from there to the end
    private record Tail(long start, int lines) {}

    private static Tail startOfLast(SeekableByteChannel file, long size, int lines) throws IOException {
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
                    return new Tail(start + i + 1, lines);
                }
            }
            end = start;
        }
        return new Tail(end, size == 0 ? 0 : found + 1);
    }

    private @Nullable Reading open() throws IOException {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                return null;
            }
            if (file != null && attributes.fileKey().equals(file.identity)) {
                return file;
            }
            if (file != null) {
                file.channel.close();
            }
            file = new Reading(channel(path), attributes.fileKey(), 0);
            return file;
        } catch (NoSuchFileException e) {
            return file; // nothing was written yet, or it was just taken away
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.channel.close();
        }
        for (Reading each : aside) {
            each.channel.close();
        }
    }
}
