package reeve.run.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Now;
import reeve.model.LogRotation;
import reeve.run.supervise.Driver.Output;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

/// One log, which a program appends to, and the older ones beside it: `LOG.1`, `LOG.2` …, the newest first.
///
/// The program holds the log open, whoever lives or dies. So a log is put aside by copying it to `LOG.1` and cutting it: what is
/// written in the microseconds between the last byte copied and the cut is lost. All files together take at most
/// `files × size` and what is written between two looks, or while it is copied.
final class KeptLog {
    private static final Logger LOG = LoggerFactory.getLogger(KeptLog.class);

    /// Between two looks at a log that grows, but not much.
    static final Duration LEISURELY = Duration.ofSeconds(1);
    /// Between two looks at one that has not grown for long.
    static final Duration RARE = Duration.ofSeconds(8);
    /// Between two looks at one that would soon be too long.
    static final Duration HURRIED = Duration.ofMillis(20);

    private static final Duration BETWEEN_CLEANINGS = Duration.ofHours(1);
    private static final int LONGEST_LINE_CUT = 64 * 1024;
    private static final FileAttribute<?> MINE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    private final Path log;
    private final LogRotation rotation;
    /// When what stands in it was begun; null while it is empty.
    private @Nullable Instant begun;

    private Now last;
    private long lastSize;
    private Duration calm = LEISURELY;
    private Instant cleanAgain = Instant.MIN;
    private boolean failing;

    KeptLog(Output output, Now now) {
        this.log = output.log();
        this.rotation = output.rotation();
        this.begun = begunBefore();
        this.last = now;
    }

    private Path older(int number) {
        return log.resolveSibling(log.getFileName() + "." + number);
    }

    /// What another Reeve may have seen beginning: after the last time it was put aside, as far as that can be told.
    private @Nullable Instant begunBefore() {
        try {
            var attributes = Files.readAttributes(log, BasicFileAttributes.class, NOFOLLOW_LINKS);
            if (attributes.size() == 0) {
                return null;
            }
            Instant created = attributes.creationTime().toInstant();
            Instant before = Files.exists(older(1), NOFOLLOW_LINKS)
                    ? Files.getLastModifiedTime(older(1), NOFOLLOW_LINKS).toInstant() : created;
            return before.isAfter(created) ? before : created;
        } catch (IOException e) {
            return null; // it is not there yet
        }
    }

    /// Looks how long the log is, and puts it aside where that is due.
    /// @return after what time to look again
    synchronized Duration look(Now now) {
        try {
            var attributes = Files.readAttributes(log, BasicFileAttributes.class, NOFOLLOW_LINKS);
            long size = attributes.isRegularFile() ? attributes.size() : 0;
            if (size == 0) {
                begun = null;
            } else if (begun == null) {
                begun = now.wall();
            }
            if (size > rotation.size() || begun != null && !now.wall().isBefore(begun.plus(rotation.age()))) {
                putAside(size, now.wall());
                size = 0;
                lastSize = 0;
                begun = null;
            }
            clean(now.wall());
            failing = false;
            return next(size, now);
        } catch (NoSuchFileException e) {
            return calmer(); // somebody took it away
        } catch (IOException e) {
            if (!failing) { // once, not every second
                LOG.error("cannot keep log within its bounds: log={} reason={}", log, e.getMessage());
            }
            failing = true;
            return LEISURELY;
        }
    }

    /// Half the time in which it would be too long if it went on growing like this; ever longer while it does not grow.
    private Duration next(long size, Now now) {
        double grown = Math.max(0, size - lastSize);
        double seconds = Math.max(now.elapsed().since(last.elapsed()).toNanos(), 1) / 1e9;
        lastSize = size;
        last = now;
        if (grown == 0) {
            return calmer();
        }
        calm = LEISURELY;
        double room = Math.max(0, rotation.size() - size) / Math.max(1, grown / seconds) / 2;
        return room >= LEISURELY.toSeconds() ? LEISURELY
                : Duration.ofNanos(Math.max(HURRIED.toNanos(), (long) (room * 1e9)));
    }

    private Duration calmer() {
        Duration pause = calm;
        calm = calm.compareTo(RARE) < 0 ? calm.multipliedBy(2) : RARE;
        return pause;
    }

    private void putAside(long size, Instant now) throws IOException {
        try (FileChannel from = FileChannel.open(log, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, NOFOLLOW_LINKS))) {
            List<Path> pieces = copied(from, size);
            from.truncate(0); // before the copies get their names: who reads on finds the rest there
            for (Path piece : pieces) {
                Files.setLastModifiedTime(piece, FileTime.from(now));
                shift(piece);
            }
        }
    }

    /// @return copies of no more than the size of one file each, the oldest first; none where there is no room for them: what is
    ///         not kept then is dropped, so that there is room again
    private List<Path> copied(FileChannel from, long size) throws IOException {
        int most = rotation.files() - 1;
        int count = (int) Math.min(most, (size + rotation.size() - 1) / rotation.size());
        for (int i = most; i > most - count; i--) {
            Files.deleteIfExists(older(i)); // first, to make room
        }
        var pieces = new ArrayList<Path>();
        try {
            long position = lineAt(from, Math.max(0, size - most * rotation.size()));
            String note = position == 0 ? "" : "reeve: " + position + " bytes of output were not kept: it came too fast\n";
            for (int i = 0; i < count; i++) {
                Path piece = log.resolveSibling(log.getFileName() + ".new." + i);
                pieces.add(piece);
                position = copy(from, position, i == count - 1, piece, i == 0 ? note : "");
            }
            return pieces;
        } catch (IOException e) {
            LOG.error("log dropped: log={} bytes={} reason={}", log, size, e.getMessage());
            for (Path piece : pieces) {
                Files.deleteIfExists(piece);
            }
            return List.of();
        }
    }

    /// @param all what there is, and what is still written meanwhile; but one that is written to faster than it can be copied is
    ///            cut at last
    /// @return where to go on
    private long copy(FileChannel from, long start, boolean all, Path piece, String note) throws IOException {
        Files.deleteIfExists(piece); // of a Reeve that was killed
        try (FileChannel to = FileChannel.open(piece, NEW, MINE)) {
            to.write(ByteBuffer.wrap(note.getBytes(StandardCharsets.UTF_8)));
            long end = all ? start + 2 * rotation.size() : lineAt(from, start + rotation.size());
            long position = start;
            while (position < Math.min(from.size(), end)) {
                position += from.transferTo(position, Math.min(from.size(), end) - position, to);
            }
            return position;
        }
    }

    /// Where the first line begins, at a position or after it.
    private static long lineAt(FileChannel file, long position) throws IOException {
        if (position == 0) {
            return 0;
        }
        ByteBuffer block = ByteBuffer.allocate(LONGEST_LINE_CUT);
        file.read(block, position - 1);
        for (int i = 0; i < block.position(); i++) {
            if (block.get(i) == '\n') {
                return position + i;
            }
        }
        return position;
    }

    private void shift(Path piece) throws IOException {
        for (int i = rotation.files() - 2; i > 0; i--) {
            if (Files.exists(older(i), NOFOLLOW_LINKS)) {
                Files.move(older(i), older(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(piece, older(1), StandardCopyOption.REPLACE_EXISTING);
    }

    /// Removes what was put aside too long ago, and what more was kept under an earlier rule.
    private void clean(Instant now) throws IOException {
        if (now.isBefore(cleanAgain)) {
            return;
        }
        cleanAgain = now.plus(BETWEEN_CLEANINGS);
        Instant oldest = now.minus(rotation.age());
        for (int i = 1; Files.exists(older(i), NOFOLLOW_LINKS); i++) {
            if (i >= rotation.files() || !Files.getLastModifiedTime(older(i), NOFOLLOW_LINKS).toInstant().isAfter(oldest)) {
                Files.delete(older(i));
            }
        }
    }
}
