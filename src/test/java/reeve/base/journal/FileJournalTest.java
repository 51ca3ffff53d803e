package reeve.base.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.journal.Journal.Entry;
import reeve.model.Failure;

class FileJournalTest extends JournalContract {
    @TempDir
    Path folder;

    @Override
    protected Journal open() {
        return FileJournal.open(folder, time);
    }

    private FileJournal open(long fileBytes) {
        journal.close();
        journal = FileJournal.open(folder, time, fileBytes);
        return (FileJournal) journal;
    }

    private Path newer() {
        return folder.resolve("journal.jsonl");
    }

    private void note(String why) {
        journal.append("-", "note", why, Map.of());
    }

    private List<Long> numbers() {
        return journal.read(_ -> true, Integer.MAX_VALUE).stream().map(Entry::number).toList();
    }

    private static List<Long> upTo(long first, long last) {
        var numbers = new ArrayList<Long>();
        for (long i = first; i <= last; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    @Test
    void numbersGoOnAfterReopening() {
        note("one");
        note("two");
        journal.close();
        journal = open();
        note("three");
        assertThat(numbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void theFilesKeepToTheirBoundAndTheNewestEntriesStay() throws IOException {
        var small = open(10_000);
        for (int i = 1; i <= 1_000; i++) {
            note("entry " + i);
        }
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2).allMatch(file -> file.toFile().length() <= 10_000);
        }
        List<Long> numbers = numbers();
        assertThat(numbers.size()).isBetween(90, 250);
        assertThat(numbers).isEqualTo(upTo(numbers.getFirst(), 1_000));
        assertThat(small.lost()).isZero();
        open(10_000);
        note("after");
        assertThat(numbers().getLast()).isEqualTo(1_001);
    }

    @Test
    void numbersGoOnWhenTheNewerFileIsStillEmpty() throws IOException {
        note("one");
        journal.close();
        Files.move(newer(), folder.resolve("journal.1.jsonl"));
        journal = open();
        note("two");
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void aLastLineTornByACrashIsCutOffWhereverItWasTorn() throws IOException {
        note("one");
        long whole = Files.size(newer());
        note("two");
        byte[] both = Files.readAllBytes(newer());
        for (int cut = (int) whole; cut < both.length; cut++) {
            journal.close();
            Files.write(newer(), Arrays.copyOf(both, cut));
            journal = open();
            assertThat(Files.size(newer())).isEqualTo(whole);
            note("again");
            assertThat(numbers()).containsExactly(1L, 2L);
        }
    }

    @Test
    void zerosThatALossOfPowerLeftAreCutOff() throws IOException {
        note("one");
        journal.close();
        Files.write(newer(), new byte[200_000], StandardOpenOption.APPEND);
        journal = open();
        note("two");
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void aDamagedLineIsSkipped() throws IOException {
        note("one");
        journal.close();
        Files.writeString(newer(), "{\"number\":7\n\n\"text\"\n[]\n" + "x".repeat(1_500_000) + "\n"
                + "{\"unknown\":" + "[".repeat(200_000) + "\n", StandardOpenOption.APPEND);
        journal = open();
        note("two");
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void linesLongerThanABlockAreReadWhole() {
        var facts = new LinkedHashMap<String, String>();
        for (int i = 0; i < 100; i++) {
            facts.put("fact" + i, "\"é\u0007".repeat(5_000));
        }
        Entry large = journal.append("-", "note", "x".repeat(100_000), facts);
        note("small");
        assertThat(large.facts()).hasSize(32);
        assertThat(large.why()).hasSize(2_000).endsWith("…");
        assertThat(journal.read(_ -> true, 2).getFirst()).isEqualTo(large);
    }

    @Test
    @DisplayName("attack class 14: control characters neither break a line nor reach a terminal")
    void controlCharactersNeitherBreakALineNorReachATerminal() throws IOException {
        String evil = "a\rb\nc\u001b[2Jd\u0000e\u2028f\u2029g\u0085h\u009bi\u202ej\u007fk\uD800l";
        Entry entry = journal.append(evil, evil, evil, Map.of(evil, evil));
        note("next");

        assertThat(entry.facts()).containsOnlyKeys("a?b?c??2Jd?e?f?g?h?i?j?k?l");
        assertThat(entry.why()).isEqualTo("a\\u000db\\u000ac\\u001b[2Jd\\u0000e\\u2028f\\u2029g\\u0085h\\u009bi\\u202ej\\u007fk\\ud800l");
        assertThat(journal.read(_ -> true, 2).getFirst()).isEqualTo(entry);
        String text = Files.readString(newer(), UTF_8);
        assertThat(text.chars().filter(c -> c == '\n').count()).isEqualTo(2);
        assertThat(text.replace("\n", "").chars()).allMatch(c -> c >= 0x20 && c < 0x7f || c == '…');
    }

    @Test
    void whatSomebodyElseWroteIntoTheFileReachesNoTerminalEither() throws IOException {
        journal.close();
        Files.writeString(newer(), "{\"number\":5,\"at\":\"2026-01-05T08:00:00Z\","
                + "\"subject\":\"s\",\"what\":\"w\",\"why\":\"\\u001b[2J\",\"facts\":{}}\n");
        journal = open();
        assertThat(journal.read(_ -> true, 1).getFirst().why()).isEqualTo("\\u001b[2J");
        note("next");
        assertThat(numbers()).containsExactly(5L, 6L);
    }

    @Test
    void anInterruptedThreadAppendsAllTheSame() {
        Thread.currentThread().interrupt();
        note("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        note("not");
        assertThat(numbers()).containsExactly(1L, 2L);
        assertThat(((FileJournal) journal).lost()).isZero();
    }

    @Test
    void anEntryThatCannotBeWrittenIsCountedAndThrowsNothing() throws IOException {
        var small = open(500);
        Files.createDirectory(folder.resolve("journal.1.jsonl")); // stands in the way of the rotation
        Files.writeString(folder.resolve("journal.1.jsonl/x"), "");
        for (int i = 0; i < 20; i++) {
            note("entry " + i);
        }
        assertThat(small.lost()).isPositive();
        Files.delete(folder.resolve("journal.1.jsonl/x"));
        Files.delete(folder.resolve("journal.1.jsonl"));
        long before = small.lost();
        note("works again");
        assertThat(small.lost()).isEqualTo(before);
        assertThat(journal.read(_ -> true, 1).getFirst().why()).isEqualTo("works again");
        journal.close();
        note("closed");
        assertThat(small.lost()).isEqualTo(before + 1);
    }

    @Test
    @DisplayName("attack class 12: planted files are refused")
    void plantedFilesAreRefused() throws IOException {
        note("one");
        journal.close();
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(newer(), elsewhere);
        Files.createSymbolicLink(newer(), elsewhere);
        assertThatThrownBy(this::open).isInstanceOf(Failure.class).hasMessageContaining("it is a symbolic link");
        Files.delete(newer());
        Files.createLink(newer(), elsewhere);
        assertThatThrownBy(this::open).isInstanceOf(Failure.class).hasMessageContaining("it has a second hard link");
    }

    @Test
    void theFileBelongsToTheOwnerAlone() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(newer()))).isEqualTo("rw-------");
    }

    @Test
    void aReadGoesNoFurtherBackThanItMust() throws IOException {
        note("one");
        journal.close();
        byte[] one = Files.readAllBytes(newer());
        Files.write(newer(), new byte[3_000_000]);
        Files.write(newer(), "\n".getBytes(UTF_8), StandardOpenOption.APPEND);
        Files.write(newer(), one, StandardOpenOption.APPEND);
        journal = open();
        var asked = new ArrayList<Long>();
        assertThat(journal.read(entry -> asked.add(entry.number()), 1)).hasSize(1);
        assertThat(asked).containsExactly(1L);
    }

    @Test
    void followersHaveABound() {
        for (int i = 0; i < 64; i++) {
            journal.follow(_ -> {});
        }
        assertThatThrownBy(() -> journal.follow(_ -> {})).isInstanceOf(Failure.class).hasMessageContaining("64 others");
    }
}
