package reeve.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {
    private final LogLine terminal = new LogLine(Logging.Style.TERMINAL, ZoneId.of("Europe/Berlin"));
    private final LogLine file = new LogLine(Logging.Style.FILE, ZoneId.of("Europe/Berlin"));

    @Test
    void onATerminalALineHasTheTimeOfTheDayTheLevelAndTheRoom() {
        assertThat(terminal.format(line(Level.INFO, "started: pid=7"))).isEqualTo("13:03:44 info run.process started: pid=7\n");
    }

    @Test
    void inAFileALineHasTheWholeTime() {
        assertThat(file.format(line(Level.WARNING, "slow"))).isEqualTo("2026-11-01T12:03:44.120Z warn run.process slow\n");
    }

    @Test
    void nothingInAMessageCanEndTheLineOrDriveATerminal() {
        assertThat(terminal.format(line(Level.SEVERE, "a\nb\r\u001b[2Jc\u0000\u009bd\u2028e\u202ef\tg é")))
                .isEqualTo("13:03:44 error run.process a\\nb\\r\\u001b[2Jc\\u0000\\u009bd\\u2028e\\u202ef\\tg é\n");
    }

    @Test
    void theMessagesOfExceptionsAreEscapedToo() {
        LogRecord line = line(Level.SEVERE, "cannot x");
        line.setThrown(new IllegalStateException("outer", new IOException("in\nner")));

        assertThat(terminal.format(line)).contains("\n    java.lang.IllegalStateException: outer\n        at ")
                .contains("\n    caused by java.io.IOException: in\\nner\n");
    }

    @Test
    void setUpSendsWhatIsLoggedThroughSlf4jToTheStream() {
        var root = LogManager.getLogManager().getLogger("");
        List<Handler> handlers = List.of(root.getHandlers());
        Level level = root.getLevel();
        var out = new ByteArrayOutputStream();
        try {
            Logging.setUp(new PrintStream(out, true, StandardCharsets.UTF_8), Logging.Style.FILE, System.Logger.Level.INFO);
            var log = LoggerFactory.getLogger("reeve.sleep.LoggingTest");
            log.info("asleep: service={}", "a/web");
            log.debug("not shown");
        } finally {
            List.of(root.getHandlers()).forEach(root::removeHandler);
            handlers.forEach(root::addHandler);
            root.setLevel(level);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("Z info sleep asleep: service=a/web\n").hasLineCount(1);
    }

    private static LogRecord line(Level level, String message) {
        var line = new LogRecord(level, message);
        line.setLoggerName("reeve.run.process.Shim");
        line.setInstant(Instant.parse("2026-11-01T12:03:44.120Z"));
        return line;
    }
}
