package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Holds the code to the table of rooms ([Rooms]) and to the rules of the house ([Rules]).
class ArchitectureTest {
    private static final JavaClasses CODE = new ClassFileImporter().importPath(Path.of("target/classes"));
    private static final Rules RULES = new Rules(Rooms.REEVE);

    @Test
    void everyPackageIsARoomOfTheTable() {
        assertThat(RULES.strangers(CODE)).isEmpty();
    }

    @Test
    void roomsUseOnlyWhatTheirArrowsAllow() {
        assertThat(RULES.arrows(CODE)).isEmpty();
    }

    @Test
    void noRoomLeadsBackToItself() {
        assertThat(Rooms.REEVE.cycle()).isEmpty();
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(RULES.nullness(CODE)).isEmpty();
    }

    @Test
    void clocksRandomnessExitAndReflectionStayWhereTheyBelong() {
        assertThat(RULES.bannedCalls(CODE)).isEmpty();
    }

    @Test
    void nothingStaticCanChange() {
        assertThat(RULES.staticState(CODE)).isEmpty();
    }

    @Test
    @DisplayName("ARCHITECTURE.md lists exactly the rooms that exist, then exactly those to come, each with its arrows")
    void theMapAgreesWithTheCode() throws IOException {
        String map = Files.readString(Path.of("ARCHITECTURE.md"));
        List<String> existing = Rules.packages(CODE, Rooms.REEVE);

        Map<String, String> rooms = listed(section(map, "Rooms"));
        Map<String, String> toCome = listed(section(map, "Rooms to come"));

        assertThat(rooms.keySet()).as("rooms that exist").containsExactlyInAnyOrderElementsOf(existing);
        rooms.putAll(toCome);
        assertThat(rooms).containsExactlyInAnyOrderEntriesOf(drawn(Rooms.REEVE.rooms()));
    }

    private static Map<String, String> drawn(List<Rooms.Room> rooms) {
        var drawn = new LinkedHashMap<String, String>();
        rooms.forEach(room -> drawn.put(room.name(), Rooms.arrows(room)));
        return drawn;
    }

    /// The rows of a table whose first column is a room and whose last is what it may use.
    private static Map<String, String> listed(String section) {
        var listed = new LinkedHashMap<String, String>();
        Pattern.compile("(?m)^\\| `([a-z.]+)` \\|(?:.*)\\|([^|]*)\\|$").matcher(section).results()
                .forEach(row -> listed.put(row.group(1), row.group(2).strip()));
        return listed;
    }

    private static String section(String document, String title) {
        var matcher = Pattern.compile("(?ms)^## " + title + "$(.*?)(?=^## |\\z)").matcher(document);
        assertThat(matcher.find()).as("ARCHITECTURE.md has a section '%s'", title).isTrue();
        return matcher.group(1);
    }

    /// Each rule fed with classes that break it.
    @Nested
    class EachRuleCanFail {
        private static final JavaClasses WRONG = new ClassFileImporter().importPath(Path.of("target/test-classes/reeve/testing/violation"));
        private static final Rules OVER_WRONG = new Rules(Rooms.REEVE.under("reeve.testing.violation"));

        @Test
        void aPackageWithoutARoomIsReported() {
            assertThat(OVER_WRONG.strangers(WRONG))
                    .singleElement().asString().contains("package reeve.testing.violation.attic has no room");
        }

        @Test
        void anArrowThatIsNotDrawnIsReported() {
            assertThat(OVER_WRONG.arrows(WRONG)).anyMatch(line -> line.startsWith("store may not use reeve.testing.violation.sleep"));
        }

        @Test
        void aLibraryOutsideItsRoomIsReported() {
            assertThat(OVER_WRONG.arrows(WRONG))
                    .anyMatch(line -> line.startsWith("store may not use io.netty"))
                    .anyMatch(line -> line.startsWith("store may not use java.sql"))
                    .anyMatch(line -> line.startsWith("sleep may not use java.lang.foreign"));
        }

        @Test
        void whatArrowsAllowIsNotReported() {
            assertThat(OVER_WRONG.arrows(WRONG)).noneMatch(line -> line.contains("WithinItsArrows"));
        }

        @Test
        void aPackageThatIsNotNullMarkedIsReported() {
            assertThat(OVER_WRONG.nullness(WRONG))
                    .singleElement().asString().startsWith("reeve.testing.violation.attic is not @NullMarked");
        }

        @Test
        void eachBannedCallIsReportedWithWhatToDoInstead() {
            List<String> reported = OVER_WRONG.bannedCalls(WRONG);

            for (String banned : List.of("Instant.now()", "LocalDate.now()", "System.nanoTime()", "System.currentTimeMillis()",
                    "Thread.sleep(", "Math.random()", "ThreadLocalRandom.current()", "Random.<init>()", "UUID.randomUUID()", "System.exit(",
                    "Class.forName(", "setAccessible(", "ProcessBuilder.<init>(", "SecureRandom.<init>()")) {
                assertThat(reported).as(banned).anyMatch(line -> line.contains(banned));
            }
            assertThat(reported).filteredOn(line -> line.contains("Instant.now")).as("also as a method reference").hasSize(2);
            assertThat(reported).filteredOn(line -> line.contains("Thread.sleep"))
                    .singleElement().asString().endsWith("set a timer with reeve.base.Time.after, or wait for an event");
        }

        @Test
        void staticStateIsReported() {
            assertThat(OVER_WRONG.staticState(WRONG))
                    .anyMatch(line -> line.contains("StaticState.counter is static"))
                    .anyMatch(line -> line.contains("StaticState.ATOMIC is static"))
                    .anyMatch(line -> line.contains("StaticState.CACHE is static"))
                    .anyMatch(line -> line.contains("StaticState.OPEN_ARRAY is static"))
                    .anyMatch(line -> line.contains("java.util.HashMap.<init>()"))
                    .noneMatch(line -> line.contains("TABLE"))
                    .noneMatch(line -> line.contains("CONSTANT"));
        }

        @Test
        void aCycleInTheTableIsReported() {
            var knot = new Rooms("x", List.of(
                    new Rooms.Room("a", List.of("b"), List.of()), new Rooms.Room("b", List.of("a"), List.of())), List.of());

            assertThat(knot.cycle()).containsExactly("a", "b", "a");
        }
    }
}
