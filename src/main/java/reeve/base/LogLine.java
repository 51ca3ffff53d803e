package reeve.base;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/// One record as one line: time, level, room, message; below it the causes of an exception, indented.
///
/// What a message holds may come from a request or a program's output. Control characters are written as escapes, so that
/// nothing can end a line, forge another or drive a terminal.
final class LogLine extends Formatter {
    private static final int DEEPEST_CAUSE = 8;

    private final DateTimeFormatter time;

    LogLine(Logging.Style style) {
        this(style, ZoneId.systemDefault());
    }

    /// @param zone of the times that people read on a terminal
    LogLine(Logging.Style style, ZoneId zone) {
        this.time = switch (style) {
            case TERMINAL -> DateTimeFormatter.ofPattern("HH:mm:ss").withZone(zone);
            case FILE -> DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);
        };
    }

    @Override
    public String format(LogRecord line) {
        var text = new StringBuilder(120);
        text.append(time.format(line.getInstant())).append(' ').append(name(line.getLevel())).append(' ')
                .append(room(line.getLoggerName())).append(' ');
        escape(formatMessage(line), text);
        text.append('\n');
        Throwable thrown = line.getThrown();
        for (int depth = 0; thrown != null && depth < DEEPEST_CAUSE; depth++, thrown = thrown.getCause()) {
            text.append(depth == 0 ? "    " : "    caused by ");
            escape(thrown.toString(), text);
            text.append('\n');
            for (StackTraceElement frame : thrown.getStackTrace()) {
                text.append("        at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }

    static Level level(System.Logger.Level level) {
        return switch (level) {
            case ALL -> Level.ALL;
            case TRACE -> Level.FINEST;
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARNING -> Level.WARNING;
            case ERROR -> Level.SEVERE;
            case OFF -> Level.OFF;
        };
    }

    private static String name(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return "error";
        }
        if (value >= Level.WARNING.intValue()) {
            return "warn";
        }
        return value >= Level.INFO.intValue() ? "info" : "debug";
    }

    /// `reeve.run.process.Shim` logs for the room `run.process`; a library for its package.
    private static String room(String logger) {
        int end = logger.lastIndexOf('.');
        String name = end < 0 ? logger : logger.substring(0, end);
        return name.startsWith("reeve.") ? name.substring("reeve.".length()) : name;
    }

    private static void escape(String message, StringBuilder to) {
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            switch (c) {
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                default -> {
                    if (drives(c)) {
                        to.append(String.format("\\u%04x", (int) c));
                    } else {
                        to.append(c);
                    }
                }
            }
        }
    }

    /// Control characters, line and paragraph separators, and those that turn the direction of writing.
    private static boolean drives(char c) {
        return Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                || Character.getType(c) == Character.LINE_SEPARATOR || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
    }
}
