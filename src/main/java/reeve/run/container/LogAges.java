package reeve.run.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.model.InstanceId;
import reeve.run.container.Records.AgedLog;

/// Bounds the age of the logs of containers that run. Their monitors write them, with a stamp before each line, and begin one
/// anew when it is full, also while Reeve is away; of ages they know nothing. So a log whose first line is too old is put
/// aside, and its monitor told to open it anew: no line is lost. What was put aside goes when its last line is too old.
///
/// Any thread; looking takes place on virtual threads, when the age of the first line says so, at least once an hour.
record LogAges(Podman podman, Records records, Time time) {
    private static final Logger LOG = LoggerFactory.getLogger(LogAges.class);
    private static final Duration SELDOMEST = Duration.ofHours(1);
    private static final Duration OFTENEST = Duration.ofMillis(500);
    private static final int LONGEST_STAMP = 40;

    /// conmon's word on its `ctl` pipe for "open your logs anew"; the numbers of a window's size follow it.
    private static final String OPEN_ANEW = "2 0 0\n";

    /// @param container that writes
    /// @param runs      whether it still does
    void keep(InstanceId id, String container, BooleanSupplier runs) {
        after(Duration.ZERO, () -> {
            try {
                records.intent(id).flatMap(Records.Intent::log).ifPresent(log -> keep(container, log, runs));
            } catch (IOException e) {
                LOG.warn("cannot read a record: instance={} reason={}", id, e.getMessage());
            }
        });
    }

    private void after(Duration delay, Runnable look) {
        time.after(delay, () -> Thread.ofVirtual().name("age of a log").start(look));
    }

    private void keep(String container, AgedLog log, BooleanSupplier runs) {
        if (!runs.getAsBoolean()) {
            return;
        }
        Duration next = log.age();
        try {
            Instant oldest = time.wall().minus(log.age());
            Path aside = aside(log);
            if (Files.exists(aside) && Files.getLastModifiedTime(aside).toInstant().isBefore(oldest)) {
                Files.delete(aside);
            }
            Optional<Instant> first = first(log.file());
            if (first.filter(oldest::isAfter).isPresent()) {
                putAside(container, log, aside);
            } else if (first.isPresent()) {
                next = Duration.between(oldest, first.get());
            }
        } catch (IOException | PodmanException e) {
            LOG.error("cannot keep log within its age: log={} reason={}", log.file(), e.getMessage());
            next = SELDOMEST;
        }
        Duration soon = next.compareTo(SELDOMEST) < 0 ? next : SELDOMEST;
        after(soon.compareTo(OFTENEST) > 0 ? soon : OFTENEST, () -> keep(container, log, runs));
    }

    private static Path aside(AgedLog log) {
        return log.file().resolveSibling(log.file().getFileName() + ".1");
    }

    /// When the first line was written; empty where there is none, or another one wrote it.
    private static Optional<Instant> first(Path log) throws IOException {
        if (!Files.exists(log)) {
            return Optional.empty();
        }
        try (var in = Files.newInputStream(log)) {
            String stamp = new String(in.readNBytes(LONGEST_STAMP), StandardCharsets.US_ASCII).split(" ", 2)[0];
            return Optional.of(OffsetDateTime.parse(stamp).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private void putAside(String container, AgedLog log, Path aside) throws IOException, PodmanException {
        Optional<Path> control = podman.control(container);
        if (control.isEmpty()) {
            return; // it is just being removed
        }
        try (FileChannel pipe = FileChannel.open(control.get(), StandardOpenOption.READ, StandardOpenOption.WRITE)) { // never waits
            Files.move(log.file(), aside, StandardCopyOption.ATOMIC_MOVE);
            pipe.write(ByteBuffer.wrap(OPEN_ANEW.getBytes(StandardCharsets.US_ASCII)));
        }
        if (!log.twice()) {
            Files.delete(aside);
        }
        LOG.debug("log put aside: log={}", log.file());
    }
}
