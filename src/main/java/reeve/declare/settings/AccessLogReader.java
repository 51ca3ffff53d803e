package reeve.declare.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Keys;
import reeve.declare.yaml.Value;
import reeve.model.AccessFormat;
import reeve.model.LogRotation;

/// Reads `access_log`.
final class AccessLogReader {
    private static final Keys KEYS = Keys.of("file", "format", "headers", "size", "files", "age");
    private static final long LEAST_SIZE = 1024;

    private AccessLogReader() {}

    static Optional<AccessLog> read(Value value, Path folder) {
        if (!value.isMapping()) {
            return value.text(text -> text.equals("off") ? new AccessLog.Off() : new AccessLog.ToFile(Readings.resolve(text, folder)));
        }
        Fields fields = value.fields(KEYS);
        if (fields.lacks("file")) {
            value.wrong("needs 'file': where the lines go");
        }
        Optional<Path> file = fields.get("file").flatMap(given -> Readings.path(given, folder));
        Optional<AccessFormat> format = fields.has("format") ? fields.get("format").flatMap(AccessLogReader::format)
                : Optional.of(AccessFormat.STANDARD);
        LogRotation standard = AccessLog.ToFile.ROTATION;
        var rotation = new LogRotation(fields.get("size").flatMap(size -> size.size(LEAST_SIZE)).orElse(standard.size()),
                fields.get("files").flatMap(number -> number.number(1, 100)).orElse(standard.files()),
                fields.get("age").flatMap(age -> age.duration(Duration.ofSeconds(1))).orElse(standard.age()));
        Optional<AccessFormat> whole = fields.has("headers") ? format.flatMap(given -> withHeaders(given, fields)) : format;
        return file.flatMap(path -> whole.map(given -> new AccessLog.ToFile(path, given, rotation)));
    }

    private static Optional<AccessFormat> format(Value value) {
        return value.text(text -> switch (text) {
            case "json" -> AccessFormat.STANDARD;
            case "common" -> AccessFormat.COMMON;
            case "combined" -> AccessFormat.COMBINED;
            default -> {
                if (!text.contains("$")) {
                    throw new IllegalArgumentException("cannot read '" + Value.cut(text)
                            + "': allowed are json, common, combined, or a text with variables such as $status");
                }
                yield new AccessFormat.Text(text);
            }
        });
    }

    private static Optional<AccessFormat> withHeaders(AccessFormat format, Fields fields) {
        Value given = fields.get("headers").orElseThrow();
        return switch (format) {
            case AccessFormat.Text _ -> {
                given.wrong("cannot be with a text: write $http_NAME in 'format'");
                yield Optional.empty();
            }
            case AccessFormat.Json _ -> {
                List<String> names = given.oneOrMore().stream().flatMap(name -> name.text().stream()).toList();
                try {
                    yield Optional.of(new AccessFormat.Json(names));
                } catch (IllegalArgumentException wrong) {
                    given.wrong(String.valueOf(wrong.getMessage()));
                    yield Optional.empty();
                }
            }
        };
    }
}
