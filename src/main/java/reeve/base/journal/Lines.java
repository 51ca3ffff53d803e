package reeve.base.journal;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import reeve.base.journal.Journal.Entry;
import reeve.model.wire.JournalRow;
import reeve.model.wire.WireException;
import reeve.model.wire.WireJson;

/// Entries as lines of JSON, and back.
final class Lines {
    private static final int SUBJECT = 512;
    private static final int WHAT = 64;
    private static final int WHY = 2000;
    private static final int FACTS = 32;
    private static final int FACT_NAME = 64;
    private static final int FACT = 1000;

    private final WireJson json = WireJson.lenient();

    /// The entry with every text bounded and fit for a terminal.
    Entry clean(Entry entry) {
        Map<String, String> facts = new LinkedHashMap<>();
        entry.facts().forEach((name, fact) -> {
            if (facts.size() < FACTS) {
                facts.put(Printable.name(name, FACT_NAME), Printable.of(fact, FACT));
            }
        });
        return new Entry(entry.number(), entry.at(), Printable.of(entry.subject(), SUBJECT), Printable.of(entry.what(), WHAT),
                Printable.of(entry.why(), WHY), Collections.unmodifiableMap(facts));
    }

    byte[] format(Entry entry) {
        byte[] text = json.bytes(new JournalRow(entry.number(), entry.at(), entry.subject(), entry.what(), entry.why(), entry.facts()));
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        return line;
    }

    /// @return empty where the line is no entry: damage, or half a line of a crash
    Optional<Entry> parse(byte[] line) {
        try {
            JournalRow row = json.read(JournalRow.class, line);
            // cleaned again: somebody may have written into the file
            return Optional.of(clean(new Entry(row.number(), row.at(), row.subject(), row.what(), row.why(), row.facts())));
        } catch (WireException e) {
            return Optional.empty(); // the entries around it are of more use than a failure
        }
    }
}
