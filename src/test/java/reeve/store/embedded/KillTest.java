package reeve.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.store.Store.Entry;
import reeve.store.StoreException;
import reeve.testing.VirtualTime;

/// kill -9 at random points. `-Dreeve.kills=500` is the long form.
@Tag("it")
class KillTest {
    private static final int KILLS = Integer.getInteger("reeve.kills", 20);
    private static final int MOST_LINES = 400;

    @TempDir
    Path folder;

    private record Acknowledged(int number, long revision) {}

    @Test
    @DisplayName("PROMISE-8: no acknowledged write is lost by kill -9, and the next start works")
    void noAcknowledgedWriteIsLostByKill() throws Exception {
        var random = new Random(8);
        int first = 1;
        long revision = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Map<Integer, Acknowledged> acknowledged = writeAndKill(first, random.nextInt(MOST_LINES));
            try (var store = EmbeddedStore.open(folder.resolve("store.db"), new VirtualTime())) {
                assertThat(store.list("").revision()).isGreaterThanOrEqualTo(revision);
                revision = store.list("").revision();
                for (var thread : acknowledged.entrySet()) {
                    Entry left = store.get("/left/" + thread.getKey()).orElseThrow();
                    Entry right = store.get("/right/" + thread.getKey()).orElseThrow();
                    assertThat(number(left)).as("kill %d, thread %d", kill, thread.getKey())
                            .isGreaterThanOrEqualTo(thread.getValue().number);
                    assertThat(left.modified()).isGreaterThanOrEqualTo(thread.getValue().revision).isEqualTo(right.modified());
                    assertThat(right.value()).isEqualTo(left.value());
                    first = Math.max(first, number(left) + 1);
                }
            }
        }
        System.out.println("soak: " + KILLS + " kills of a writing store, last revision " + revision);
    }

    private static int number(Entry entry) {
        String value = new String(entry.value(), UTF_8);
        int end = value.indexOf('x');
        return Integer.parseInt(end < 0 ? value : value.substring(0, end));
    }

    /// @return the last acknowledged write of each thread
    private Map<Integer, Acknowledged> writeAndKill(int first, int afterLines) throws Exception {
        Process writer = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.sqlite.lib.path=" + System.getProperty("org.sqlite.lib.path"), "-cp", System.getProperty("java.class.path"),
                AcknowledgedWrites.class.getName(), folder.resolve("store.db").toString(), String.valueOf(first))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Map<Integer, Acknowledged> last = new HashMap<>();
        try (var lines = new BufferedReader(new InputStreamReader(writer.getInputStream(), UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("open");
            assertThatThrownBy(() -> EmbeddedStore.open(folder.resolve("store.db"), new VirtualTime()))
                    .isInstanceOf(StoreException.class).hasMessageContaining("process " + writer.pid() + " has it open");
            for (int i = 0; i < afterLines; i++) {
                note(lines.readLine(), last);
            }
            writer.toHandle().destroyForcibly(); // unlike the process's own method it leaves the pipe open
            // what stood in the pipe was acknowledged too; the very last line may be torn
            for (String line = lines.readLine(), next; line != null; line = next) {
                next = lines.readLine();
                if (next != null) {
                    note(line, last);
                }
            }
        } finally {
            writer.destroyForcibly();
            assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        return last;
    }

    private static void note(String line, Map<Integer, Acknowledged> last) {
        String[] words = line.split(" ");
        last.put(Integer.valueOf(words[0]), new Acknowledged(Integer.parseInt(words[1]), Long.parseLong(words[2])));
    }
}
