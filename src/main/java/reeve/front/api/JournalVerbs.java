package reeve.front.api;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import reeve.base.http.HttpAnswer;
import reeve.base.journal.Journal;
import reeve.model.Failure;
import reeve.model.wire.WireJson;

/// The journal: read back as an array, or followed as JSON lines (as server-sent events for those who ask for them).
final class JournalVerbs {
    private static final int MOST_ENTRIES = 10_000;

    private final ApiParts parts;
    private final WireJson json;

    JournalVerbs(ApiParts parts, WireJson json) {
        this.parts = parts;
        this.json = json;
    }

    HttpAnswer journal(ApiCall call) {
        call.allowOnly(Set.of("subject", "limit", "follow"));
        Optional<String> subject = call.parameter("subject");
        Predicate<Journal.Entry> wanted = entry -> subject.isEmpty() || entry.concerns(subject.get());
        int limit = call.number("limit", call.flag("follow") ? 0 : 100, MOST_ENTRIES);
        if (!call.flag("follow")) {
            return Answers.json(json, parts.journal().read(wanted, limit).stream().map(Rows::entry).toList());
        }
        return new Following(parts.journal(), parts.time(), wanted, entry -> json.write(Rows.entry(entry)), Following.asEvents(call))
                .from(limit);
    }

    HttpAnswer restarts(ApiCall call) {
        call.allowOnly(Set.of());
        return Answers.json(json, parts.restarts().last().stream().map(Rows::entry).toList());
    }

    /// Changes of instances' states, and nothing else of the journal.
    HttpAnswer events(ApiCall call) {
        call.allowOnly(Set.of("subject", "since", "follow"));
        Optional<String> subject = call.parameter("subject");
        Optional<Instant> since = call.parameter("since").map(JournalVerbs::instant);
        Predicate<Journal.Entry> wanted = entry -> Rows.event(entry).isPresent() && (subject.isEmpty() || entry.concerns(subject.get()));
        Predicate<Journal.Entry> recent = entry -> since.isEmpty() || !entry.at().isBefore(since.get());
        if (!call.flag("follow")) {
            return Answers.json(json, parts.journal().read(wanted.and(recent), MOST_ENTRIES).stream().flatMap(entry -> Rows.event(entry)
                    .stream()).toList());
        }
        return new Following(parts.journal(), parts.time(), wanted.and(recent), entry -> json.write(Rows.event(entry).orElseThrow()),
                Following.asEvents(call)).from(since.isEmpty() ? 0 : MOST_ENTRIES);
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot read parameter 'since': expected a time such as 2026-01-05T08:00:00Z", e);
        }
    }
}
