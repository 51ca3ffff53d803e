package reeve.base;

import java.io.PrintStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Where log lines go and how they look. The rooms log through slf4j; the JDK's own logging stands behind it.
///
/// `Main` calls [#setUp] once, before anything logs; tests and libraries are left with the JDK's defaults.
public final class Logging {

    /// How a line begins.
    public enum Style {
        /// For eyes: `12:03:44 info run.reconcile message`, in the machine's time zone.
        TERMINAL,
        /// For files and collectors: `2026-11-01T12:03:44.120Z info run.reconcile message`.
        FILE
    }

    private Logging() {}

    /// Sends every line of at least the level to the stream, whole lines only, each flushed.
    public static void setUp(PrintStream out, Style style, System.Logger.Level level) {
        System.setProperty("java.util.logging.manager", LastingHandlers.class.getName());
        Logger root = LogManager.getLogManager().getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        var lines = new Lines(out);
        lines.setFormatter(new LogLine(style));
        lines.setLevel(Level.ALL);
        // Netty tells of each frame that came too late, which a client could make as many of as it likes
        lines.setFilter(line -> line.getLevel().intValue() > Level.INFO.intValue()
                || !String.valueOf(line.getLoggerName()).startsWith("io.netty.handler.codec.http2"));
        root.addHandler(lines);
        root.setLevel(LogLine.level(level));
    }

    /// The JDK's manager takes all handlers away when the JVM begins to end, beside our own closing, whose lines would be lost.
    public static final class LastingHandlers extends LogManager {
        @Override
        public void reset() {
            // handlers stay to the last line
        }
    }

    private static final class Lines extends Handler {
        private final PrintStream out;

        private Lines(PrintStream out) {
            this.out = out;
        }

        @Override
        public void publish(LogRecord line) {
            if (isLoggable(line)) {
                out.print(getFormatter().format(line));
                out.flush();
            }
        }

        @Override
        public void flush() {
            out.flush();
        }

        @Override
        public void close() {
            // the stream is not ours
        }
    }
}
