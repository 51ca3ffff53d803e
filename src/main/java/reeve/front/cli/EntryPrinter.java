package reeve.front.cli;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import reeve.model.wire.JournalRow;

/// Journal entries, one line each: local time, subject, what, why; the day above those of another day than today. One thread.
final class EntryPrinter {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT);

    private final Surroundings around;
    private final ZoneId zone;
    private String day;
    private int subjectWidth = 16;

    EntryPrinter(Surroundings around) {
        this.around = around;
        this.zone = around.zone();
        this.day = DAY.format(around.time().wall().atZone(zone));
    }

    void print(JournalRow entry) {
        String today = DAY.format(entry.at().atZone(zone));
        if (!today.equals(day)) {
            day = today;
            around.out().println(Paint.DIM.on(today, around.colour()));
        }
        String subject = Printable.line(entry.subject());
        subjectWidth = Math.min(40, Math.max(subjectWidth, subject.length()));
        String what = Printable.line(entry.what());
        around.out().println(Paint.DIM.on(TIME.format(entry.at().atZone(zone)), around.colour())
                + "  " + pad(subject, subjectWidth)
                + "  " + Paint.of(entry.what()).on(what, around.colour()) + " ".repeat(Math.max(0, 14 - what.length()))
                + "  " + Printable.line(entry.why()));
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
