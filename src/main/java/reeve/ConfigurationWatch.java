package reeve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.declare.settings.Settings;
import reeve.declare.settings.SettingsReader;
import reeve.declare.settings.ValueLookup;
import reeve.model.NodeFacts;

/// Keeps what manifests may ask of the node true: reads the configuration file again when it changed, and the node's values
/// from time to time. A file that became wrong changes nothing but says so. Which certificates there are changes with it; listeners and
/// folders stay as they were at start.
final class ConfigurationWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatch.class);
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final int LOOKS_PER_LOOKUP = 15;

    private final Path file;
    private final Supplier<SettingsReader.Result> reading;
    private final ValueLookup lookup;
    private final Consumer<NodeFacts> changed;
    private final Consumer<Settings> taken;
    private final Journal journal;
    private final Time time;
    private Settings settings;
    private volatile NodeFacts facts;
    private Optional<Stamp> stamp;
    private int looks;
    private volatile boolean closed;
    private volatile Runnable timer = () -> {};

    private record Stamp(Instant modified, long size) {}

    /// @param file    the configuration file, which may not exist (yet)
    /// @param reading reads the whole configuration again, as at start
    /// @param facts   as of `settings`
    /// @param taken   told of each configuration that takes the place of one
    ConfigurationWatch(Path file, Supplier<SettingsReader.Result> reading, Settings settings, NodeFacts facts, ValueLookup lookup,
            Consumer<NodeFacts> changed, Consumer<Settings> taken, Journal journal, Time time) {
        this.file = file;
        this.reading = reading;
        this.lookup = lookup;
        this.changed = changed;
        this.taken = taken;
        this.journal = journal;
        this.time = time;
        this.settings = settings;
        this.facts = facts;
        this.stamp = stamp();
    }

    /// As they are now.
    NodeFacts facts() {
        return facts;
    }

    void start() {
        timer = time.after(LOOK, () -> Thread.ofVirtual().name("configuration").start(this::look));
    }

    /// One at a time: the next look is set when this one is over, however that went.
    private void look() {
        if (closed) {
            return;
        }
        try {
            lookOnce();
        } catch (RuntimeException e) {
            LOG.error("cannot look at the configuration: file={}", file, e);
        }
        start();
    }

    private void lookOnce() {
        Optional<Stamp> now = stamp();
        if (!now.equals(stamp)) {
            stamp = now;
            read();
            tell();
        } else if (++looks % LOOKS_PER_LOOKUP == 0) {
            tell();
        }
    }

    private void read() {
        switch (reading.get()) {
            case SettingsReader.Result.Read(Settings next) -> {
                settings = next;
                LOG.info("configuration read again: file={}", file);
                journal.append(next.name().value(), "configured", file + " changed", Map.of());
                taken.accept(next);
            }
            case SettingsReader.Result.Refused(var errors) -> {
                errors.forEach(error -> LOG.error("configuration not taken over: {}", error));
                journal.append(settings.name().value(), "not_configured", "the old configuration stays: " + errors.getFirst(), Map.of());
            }
        }
    }

    private void tell() {
        NodeFacts next = settings.facts(lookup);
        if (!next.equals(facts)) {
            facts = next;
            changed.accept(next);
        }
    }

    private Optional<Stamp> stamp() {
        try {
            return Optional.of(new Stamp(Files.getLastModifiedTime(file).toInstant(), Files.size(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // that is an answer, too
        } catch (IOException e) {
            LOG.warn("cannot look at the configuration: file={} reason={}", file, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        closed = true;
        timer.run();
    }
}
