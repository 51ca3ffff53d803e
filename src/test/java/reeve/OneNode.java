package reeve;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.os.Processes;
import reeve.model.wire.InstanceRow;
import reeve.model.wire.JournalRow;
import reeve.testing.ReeveProcess;
import reeve.testing.RunsAs;

/// A real node that the tests of a class share, and what its services run as: a class for each kind runs the same tests.
@Tag("it")
abstract class OneNode {
    @TempDir
    static Path folder;

    static ReeveProcess reeve;
    static RunsAs as;

    /// Before the tests of a class.
    /// @param kind      of what the node runs; closed after the tests
    /// @param configured the rest of the node's configuration
    static void begin(RunsAs kind, String configured) throws IOException {
        as = kind;
        configuration(configured);
        reeve = new ReeveProcess(folder);
        upAgain();
    }

    @AfterAll
    static void end() {
        try (RunsAs _ = as) {
            reeve.close();
        }
    }

    @AfterEach
    void takeDown() {
        reeve.client().apps().forEach(app -> reeve.client().down(app.app()));
        gone();
    }

    static void upAgain() {
        reeve.up("--config", folder.resolve("node.yaml").toString());
    }

    /// Takes the place of the rest of the node's configuration.
    static void configuration(String text) throws IOException {
        put("node.yaml", "name: n1\n" + as.settings() + text);
    }

    /// As an editor saves: the whole file at once.
    static Path put(String name, String text) throws IOException {
        return put(folder, name, text);
    }

    static Path put(Path folder, String name, String text) throws IOException {
        Path next = Files.writeString(folder.resolve(name + ".next"), text);
        return Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    static void apply(String manifest) {
        reeve.apply(as.services(manifest));
    }

    static void gone() {
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> reeve.client().instances(Optional.empty()).isEmpty());
    }

    static InstanceRow awaitAnother(InstanceRow before) {
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> reeve.instance(before.instance()),
                row -> row.state().equals("running") && !row.pid().equals(before.pid()));
        return reeve.instance(before.instance());
    }

    static List<JournalRow> journal(String subject) {
        return reeve.client().journal(Optional.of(subject), 1000);
    }

    static boolean alive(InstanceRow row) {
        return alive(row.pid());
    }

    static boolean alive(long pid) {
        return Processes.facts(pid).filter(facts -> !facts.gone()).isPresent(); // a zombie is not
    }
}
