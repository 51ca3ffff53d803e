package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.SystemTime;
import reeve.model.wire.JournalRow;
import reeve.testing.NeedsProgram;
import reeve.testing.ReeveProcess;

/// Many clients find a service asleep, again and again. `./dev soak wakes` does it 200 times.
@Tag("it")
@NeedsProgram("perl")
class WakesTest {
    private static final int WAKES = Integer.getInteger("reeve.wakes", 5);
    private static final int CLIENTS = 50;

    /// Every so manieth client asks for an answer that takes longer than the service may be idle.
    private static final int SLOW = 5;
    private static final List<String> KINDS = List.of("freeze", "stop");

    @TempDir
    Path folder;

    private final SystemTime time = new SystemTime();

    /// What one client saw.
    private record Answer(boolean slow, int status, String pid, Instant at) {}

    @Test
    @DisplayName("PROMISE-16, RACE-6 fifty clients of a sleeping service are all served by one wake, and it does not sleep before"
            + " the last one is")
    void fiftyClientsAreAllServedByOneWake() throws IOException {
        try (var reeve = new ReeveProcess(folder)) {
            reeve.up("-f", manifest().toString());
            var slowest = new TreeMap<String, Duration>();
            for (int wake = 1; wake <= WAKES; wake++) {
                Map<String, String> before = new TreeMap<>();
                for (String kind : KINDS) {
                    reeve.awaitState("a/" + kind + "/1", "asleep");
                    before.put(kind, lastStart(kind));
                }
                long known = newest(reeve);
                Instant begun = time.wall();
                Map<String, List<CompletableFuture<Answer>>> asked = new TreeMap<>();
                KINDS.forEach(kind -> asked.put(kind, ask(reeve, kind)));
                for (String kind : KINDS) {
                    List<Answer> answers = asked.get(kind).stream().map(CompletableFuture::join).toList();
                    check(reeve, "wake %d of %s".formatted(wake, kind), kind, before.get(kind), known, answers);
                    answers.stream().filter(answer -> !answer.slow).map(answer -> Duration.between(begun, answer.at))
                            .forEach(took -> slowest.merge(kind, took, (one, other) -> one.compareTo(other) > 0 ? one : other));
                }
            }
            System.out.println("soak: " + WAKES + " cold wakes of each kind with " + CLIENTS + " clients each, 0 failed; slowest quick"
                    + " answer " + slowest);
        } finally {
            time.close();
        }
    }

    private Path manifest() throws IOException {
        String server = Path.of("src/test/resources/reeve/quick-server.pl").toAbsolutePath().toString();
        var text = new StringBuilder("name: a\nservices:\n");
        for (String kind : KINDS) {
            text.append("""
                      %1$s:
                        command: ["perl", "%2$s", "${port}", "%3$s"]
                        route: { host: %1$s.localhost }
                        sleep: { after: 250ms, how: %1$s }
                    """.formatted(kind, server, starts(kind)).indent(2));
        }
        return Files.writeString(folder.resolve("reeve.yaml"), text);
    }

    private Path starts(String kind) {
        return folder.resolve(kind + ".starts");
    }

    private String lastStart(String kind) throws IOException {
        return Files.readAllLines(starts(kind)).getLast();
    }

    private static long newest(ReeveProcess reeve) {
        return reeve.client().journal(Optional.empty(), 1).getLast().number();
    }

    private List<CompletableFuture<Answer>> ask(ReeveProcess reeve, String kind) {
        String address = reeve.httpAddress();
        var answers = new ArrayList<CompletableFuture<Answer>>();
        for (int client = 0; client < CLIENTS; client++) {
            boolean slow = client % SLOW == 0;
            answers.add(reeve.http().sendAsync(
                            ReeveProcess.request(address, kind + ".localhost", slow ? "/slow/400" : "/"),
                            HttpResponse.BodyHandlers.ofString())
                    .thenApply(answer -> new Answer(slow, answer.statusCode(), answer.body(), time.wall())));
        }
        return answers;
    }

    private void check(ReeveProcess reeve, String when, String kind, String before, long known, List<Answer> answers) throws IOException {
        assertThat(answers).as(when).allSatisfy(answer -> assertThat(answer.status).isEqualTo(200));
        Set<String> served = new HashSet<>(answers.stream().map(Answer::pid).toList());
        assertThat(served).as(when + ": one program serves them").containsExactly(lastStart(kind));
        if (kind.equals("freeze")) {
            assertThat(lastStart(kind)).as(when).isEqualTo(before);
        } else {
            List<String> starts = Files.readAllLines(starts(kind));
            assertThat(starts.subList(starts.indexOf(before) + 1, starts.size())).as(when + ": one start").hasSize(1);
        }
        List<JournalRow> journal = reeve.client().journal(Optional.of("a/" + kind), 200).stream()
                .filter(row -> row.number() > known && row.subject().equals("a/" + kind)).toList();
        assertThat(journal.stream().filter(row -> row.what().equals("waking"))).as(when + ": one wake").hasSize(1);
        Instant first = answers.stream().map(Answer::at).min(Instant::compareTo).orElseThrow();
        Instant last = answers.stream().map(Answer::at).max(Instant::compareTo).orElseThrow();
        assertThat(journal).as(when + ": no sleep while a request is open").noneSatisfy(row -> {
            assertThat(row.what()).isIn("falling_asleep", "asleep");
            assertThat(row.at()).isBetween(first, last);
        });
    }
}
