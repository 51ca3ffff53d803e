package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.List;
import reeve.model.Template;

/// Splits a command that is written as one text into program and arguments, with a shell's quotes but never through a shell:
/// `'…'` keeps everything, `"…"` and plain text know the backslash. Variables were replaced before, as in Compose, so their
/// values are split too; Reeve's references are not.
final class CommandLine {
    private final List<Template> words = new ArrayList<>();
    private final List<Template.Part> parts = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private boolean inWord;
    private char quote;
    private boolean escaped;

    private CommandLine() {}

    /// @throws IllegalArgumentException when a quote is not closed or a backslash ends the text
    static List<Template> split(Template line) {
        var split = new CommandLine();
        for (Template.Part part : line.parts()) {
            switch (part) {
                case Template.Text(String plain) -> plain.chars().forEach(c -> split.character((char) c));
                case Template.Reference reference -> split.reference(reference);
            }
        }
        return split.finish();
    }

    private void character(char c) {
        if (escaped) {
            if (quote == '"' && c != '"' && c != '\\') {
                text.append('\\');
            }
            text.append(c);
            escaped = false;
        } else if (c == '\\' && quote != '\'') {
            escaped = true;
            inWord = true;
        } else if (quote != 0) {
            if (c == quote) {
                quote = 0;
            } else {
                text.append(c);
            }
        } else if (c == '\'' || c == '"') {
            quote = c;
            inWord = true;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            endWord();
        } else {
            text.append(c);
            inWord = true;
        }
    }

    private void reference(Template.Reference reference) {
        if (escaped) {
            text.append('\\');
            escaped = false;
        }
        endText();
        parts.add(reference);
        inWord = true;
    }

    private void endText() {
        if (!text.isEmpty()) {
            parts.add(new Template.Text(text.toString()));
            text.setLength(0);
        }
    }

    private void endWord() {
        if (inWord) {
            endText();
            words.add(new Template(parts));
            parts.clear();
            inWord = false;
        }
    }

    private List<Template> finish() {
        if (quote != 0) {
            throw new IllegalArgumentException("cannot split the command: the closing " + quote + " is missing");
        }
        if (escaped) {
            throw new IllegalArgumentException("cannot split the command: nothing follows the last backslash");
        }
        endWord();
        return words;
    }
}
