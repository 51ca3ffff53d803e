package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.model.Failure;
import reeve.model.wire.InstanceRow;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;
import reeve.testing.ReeveProcess;

/// A real node whose state folder, with the logs of its services, lies on a disk that fills up.
@Tag("it")
@NeedsRoot
@NeedsProgram({"mount", "umount"})
class FullDiskEndToEndTest {
    private static final String MORE = "name: more\nservices:\n  web: { command: [sleep, \"1000\"] }\n";

    @TempDir
    Path folder;

    /// A file system of a few megabytes; removed when it is closed.
    private record SmallDisk(Path at) implements AutoCloseable {
        static SmallDisk at(Path folder) throws IOException {
            run("mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", Files.createDirectory(folder).toString());
            return new SmallDisk(folder);
        }

        private static void run(String... command) throws IOException {
            Process process = new ProcessBuilder(command).inheritIO().start();
            assertThat(process.onExit().join().exitValue()).as(String.join(" ", command)).isZero();
        }

        /// To the last byte.
        void fill() throws IOException {
            try (OutputStream out = Files.newOutputStream(filler())) {
                for (int size = 64 * 1024; size > 0; size /= 2) {
                    fill(out, new byte[size]);
                }
            }
        }

        private static void fill(OutputStream out, byte[] piece) {
            assertThatThrownBy(() -> {
                while (true) {
                    out.write(piece);
                }
            }).hasMessageContaining("No space left on device");
        }

        void makeRoom() throws IOException {
            Files.delete(filler());
        }

        private Path filler() {
            return at.resolve("filler");
        }

        @Override
        public void close() throws IOException {
            run("umount", "--lazy", at.toString());
        }
    }

    @Test
    void aFullDiskIsOneErrorForWhoNeedsRoomAndHarmsNobodyElse() throws IOException {
        try (var disk = SmallDisk.at(folder.resolve("state")); var time = new SystemTime(); var reeve = new ReeveProcess(folder)) {
            Path node = gate(false);
            reeve.up("--config", node.toString());
            reeve.apply("""
                    name: calm
                    services:
                      web: { command: [sleep, "1000"] }
                      talks: { command: [sh, -c, "while :; do echo something; sleep 0.1; done"] }
                      late: { command: [sleep, "1000"], enabled: "${features.late}" }
                    """);
            List<InstanceRow> unharmed = List.of(reeve.awaitState("calm/web/1", "running"), reeve.awaitState("calm/talks/1", "running"));
            reeve.awaitState("calm/late/1", "disabled");

            disk.fill();
            gate(true); // what never ran needs room
            await().atMost(ReeveProcess.PATIENCE).until(() -> reeve.instance("calm/late/1"),
                    row -> row.state().equals("backing_off") && row.reason().contains("No space left on device"));
            assertThatThrownBy(() -> reeve.apply(MORE)).isInstanceOf(Failure.class).hasMessageContaining("full");
            Elapsed before = time.elapsed();
            assertThat(reeve.client().instances(Optional.empty())).hasSize(3);
            assertThat(time.elapsed().since(before)).isLessThan(Duration.ofSeconds(2));
            Path log = disk.at().resolve("logs/calm/talks/1.log");
            long written = Files.size(log);

            disk.makeRoom();
            reeve.awaitState("calm/late/1", "running");
            await().atMost(ReeveProcess.PATIENCE).until(() -> Files.size(log) > written);
            reeve.apply(MORE);
            reeve.awaitState("more/web/1", "running");
            unharmed.forEach(row -> assertThat(reeve.awaitState(row.instance(), "running").pid()).isEqualTo(row.pid()));
        }
    }

    private Path gate(boolean open) throws IOException {
        Path next = Files.writeString(folder.resolve("node.yaml.next"), "features: { late: " + open + " }\n");
        return Files.move(next, folder.resolve("node.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }
}
