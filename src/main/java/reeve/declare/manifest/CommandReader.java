package reeve.declare.manifest;

import java.util.List;
import reeve.declare.yaml.Value;
import reeve.model.Template;

/// Reads commands: a list, or one text that is split as a shell would.
final class CommandReader {
    private final Templates templates;

    CommandReader(Templates templates) {
        this.templates = templates;
    }

    /// A command that must name a program.
    /// @return empty after an error
    List<Template> needed(Value value) {
        int errorsBefore = value.errorCount();
        List<Template> command = read(value);
        if ((command.isEmpty() || command.getFirst().parts().isEmpty()) && value.errorCount() == errorsBefore) {
            value.wrong("needs a program to run");
        }
        return command;
    }

    /// A command that may be empty.
    List<Template> read(Value value) {
        return value.isText()
                ? templates.template(value).map(line -> split(value, line)).orElse(List.of())
                : value.items().stream().flatMap(item -> templates.template(item).stream()).toList();
    }

    private static List<Template> split(Value value, Template line) {
        try {
            return CommandLine.split(line);
        } catch (IllegalArgumentException wrong) {
            value.wrong(String.valueOf(wrong.getMessage()));
            return List.of();
        }
    }
}
