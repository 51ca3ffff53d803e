package reeve.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.store.Store.Change;
import reeve.store.Store.Lease;
import reeve.store.Store.Outcome;
import reeve.store.Store.Write;
import reeve.store.StoreException;
import reeve.store.StoreException.Kind;
import reeve.testing.Seen;
import reeve.testing.VirtualTime;

class EmbeddedStoreTest {
    private final VirtualTime time = new VirtualTime();

    @TempDir
    Path folder;

    private EmbeddedStore open() {
        return EmbeddedStore.open(file(), time);
    }

    private Path file() {
        return folder.resolve("state/store.db");
    }

    @Test
    void whatWasWrittenIsThereAfterReopening() {
        try (var store = open()) {
            store.put("/a", bytes("1"));
            store.put("/b", bytes("2"));
            store.delete("/b");
        }
        var seen = new Seen();
        try (var store = open(); var _ = store.watch("/", 1, seen)) {
            assertThat(store.get("/a").orElseThrow().value()).isEqualTo(bytes("1"));
            assertThat(store.get("/b")).isEmpty();
            assertThat(store.txn(List.of(), List.of(put("/c")))).isEqualTo(new Outcome.Committed(4));
            await().until(() -> seen.lines().size() == 4);
        }
        assertThat(seen.lines()).containsExactly("1: +/a=1", "2: +/b=2", "3: -/b", "4: +/c=x");
    }

    @Test
    void revisionsGoOnAfterReopeningEvenWhenTheNewestChangeWasADelete() {
        try (var store = open()) {
            store.put("/a", bytes("1"));
            store.delete("/a");
        }
        try (var store = open()) {
            assertThat(store.list("").revision()).isEqualTo(2);
            assertThat(store.txn(List.of(), List.of(put("/a")))).isEqualTo(new Outcome.Committed(3));
        }
    }

    @Test
    void leasesHaveTheirFullTimeAgainAfterReopening() {
        Lease lease;
        try (var store = open()) {
            lease = store.grant(Duration.ofSeconds(10));
            store.txn(List.of(), List.of(new Write.Put("/a", bytes("1"), lease)));
            time.advance(Duration.ofSeconds(8));
        }
        time.advance(Duration.ofMinutes(5));
        try (var store = open()) {
            time.advance(Duration.ofSeconds(8));
            assertThat(store.get("/a")).isPresent();
            assertThat(store.grant(Duration.ofSeconds(10)).id()).isGreaterThan(lease.id());
            time.advance(Duration.ofSeconds(3));
            await().until(() -> store.get("/a").isEmpty());
        }
    }

    @Test
    void theChangeLogKeepsToItsBoundOfRevisions() {
        try (var store = EmbeddedStore.open(file(), time, new ChangeLog.Kept(20, 1_000_000))) {
            for (int i = 0; i < 100; i++) {
                store.put("/a", bytes("" + i));
            }
            long oldest = oldestKept(store);
            assertThat(oldest).isBetween(100L - 22, 100L - 19);
            assertThat(changesFrom(store, oldest)).isEqualTo(100 - oldest + 1);
        }
    }

    @Test
    void theChangeLogKeepsToItsBoundOfBytesAndNeverForgetsTheNewest() {
        try (var store = EmbeddedStore.open(file(), time, new ChangeLog.Kept(1_000, 10_000))) {
            for (int i = 0; i < 100; i++) {
                store.put("/a", new byte[1_000]);
            }
            assertThat(oldestKept(store)).isBetween(100L - 12, 100L - 8);
            store.put("/a", new byte[500_000]);
            assertThat(store.list("").revision()).isEqualTo(101);
            assertThat(oldestKept(store)).isEqualTo(101);
        }
        try (var store = open()) {
            assertThat(store.list("").revision()).isEqualTo(101);
        }
    }

    private static long oldestKept(EmbeddedStore store) {
        var seen = new Seen();
        try (var _ = store.watch("/", 1, seen)) {
            await().until(() -> !seen.calls().isEmpty());
        }
        return Seen.revision(seen.calls().getFirst().getFirst());
    }

    private static int changesFrom(EmbeddedStore store, long revision) {
        var seen = new Seen();
        try (var _ = store.watch("/", revision, seen)) {
            await().until(() -> !seen.calls().isEmpty() && Seen.revision(seen.calls().getLast().getFirst()) == store.list("").revision());
        }
        assertThat(seen.calls()).noneMatch(changes -> changes.getFirst() instanceof Change.Compacted);
        return seen.calls().size();
    }

    @Test
    void manyWritersShareTheSyncsAndEachIsAnsweredWithItsOwnRevision() throws Exception {
        try (var store = open(); var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<Outcome>>();
            for (int i = 0; i < 300; i++) {
                String key = "/k" + i;
                answers.add(pool.submit(() -> store.txn(List.of(), List.of(put(key)))));
            }
            for (int i = 0; i < 300; i++) {
                var committed = (Outcome.Committed) answers.get(i).get();
                assertThat(store.get("/k" + i).orElseThrow().modified()).isEqualTo(committed.revision());
            }
            assertThat(store.list("").revision()).isEqualTo(300);
        }
    }

    // ---- the place on disk (attack class 12)

    @Test
    void theFolderAndTheFilesBelongToTheOwnerAlone() throws IOException {
        try (var store = open()) {
            store.put("/a", bytes("1"));
            assertThat(mode(file().getParent())).isEqualTo("rwx------");
            try (var files = Files.list(file().getParent())) {
                assertThat(files).hasSizeGreaterThanOrEqualTo(3).allMatch(file -> mode(file).equals("rw-------"));
            }
        }
    }

    @Test
    void aFileThatOthersMayReadIsClosedToThem() throws IOException {
        open().close();
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        open().close();
        assertThat(mode(file())).isEqualTo("rw-------");
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void plantedFilesAreRefusedByName() throws Exception {
        Files.createDirectories(file().getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "");
        for (String name : List.of("store.db", "store.db-wal", "store.db-shm", "store.db-lock")) {
            Path planted = file().resolveSibling(name);
            Files.deleteIfExists(file().resolveSibling("store.db-lock"));
            Files.createSymbolicLink(planted, elsewhere);
            refused(this::open, name, "it is a symbolic link");
            Files.delete(planted);
            Files.createLink(planted, elsewhere);
            refused(this::open, name, "it has a second hard link");
            Files.delete(planted);
            Files.createDirectory(planted);
            refused(this::open, name, "it is not a plain file");
            Files.delete(planted);
            assertThat(new ProcessBuilder("mkfifo", planted.toString()).start().waitFor()).isZero();
            refused(this::open, name, "it is not a plain file");
            Files.delete(planted);
        }
        open().close();
    }

    @Test
    void aFolderThatIsALinkOrOpenToOthersIsRefused() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Files.createSymbolicLink(file().getParent(), real);
        refused(this::open, "state", "it is a symbolic link");
        Files.delete(file().getParent());
        Files.createDirectory(file().getParent());
        Files.setPosixFilePermissions(file().getParent(), PosixFilePermissions.fromString("rwxrwxr-x"));
        refused(this::open, "state", "others may write to it");
    }

    private static void refused(ThrowingCallable open, String name, String reason) {
        fails(open, Kind.UNUSABLE, name + ": " + reason);
    }

    private static void fails(ThrowingCallable call, Kind kind, String reason) {
        assertThatThrownBy(call).hasMessageContaining(reason)
                .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void aSecondStoreOnTheSameFileIsRefusedAndNamesTheOwner() {
        try (var store = open()) {
            fails(this::open, Kind.TAKEN, "process " + ProcessHandle.current().pid() + " has it open");
            store.put("/a", bytes("1"));
        }
        open().close();
    }

    @Test
    void anotherProgramsFileIsRefusedAndLeftAlone() throws Exception {
        Files.createDirectories(file().getParent());
        try (Connection other = sqlite()) {
            Schema.execute(other, "CREATE TABLE theirs (x)");
        }
        byte[] before = Files.readAllBytes(file());
        fails(this::open, Kind.UNUSABLE, "it is a file of another program");
        assertThat(Files.readAllBytes(file())).isEqualTo(before);

        Files.write(file(), "no database at all, but long enough to be looked at as one".repeat(100).getBytes(UTF_8));
        fails(this::open, Kind.CORRUPT, "cannot open the store");
    }

    @Test
    void aNewerFormatIsRefused() throws Exception {
        open().close();
        try (Connection other = sqlite()) {
            Schema.execute(other, "PRAGMA user_version = " + (Schema.version() + 1));
        }
        fails(this::open, Kind.UNUSABLE, "a newer Reeve wrote it");
    }

    private Connection sqlite() throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + file());
    }

    @Test
    void damageIsFoundWhenTheLastEndWasNotOrderly() throws Exception {
        try (var store = open()) {
            for (int i = 0; i < 200; i++) {
                store.put("/key" + i, bytes("value".repeat(50)));
            }
        }
        byte[] content = Files.readAllBytes(file());
        for (int i = 4096 * 3; i < content.length; i++) {
            content[i] ^= 0x55;
        }
        Files.write(file(), content);
        Files.createFile(file().resolveSibling("store.db-wal"));
        fails(this::open, Kind.CORRUPT, "cannot open the store");
    }

    // ---- a disk that fails

    @Test
    void aFullStoreIsReadOnlyUntilThereIsRoomAgainWithoutARestart() throws Exception {
        try (var store = open()) {
            store.put("/a", bytes("1"));
            long before = store.list("").revision();
            store.limitPages(1);
            fails(() -> store.put("/large", new byte[500_000]), Kind.READ_ONLY, "cannot write the store");

            assertThat(store.health()).isInstanceOf(Health.ReadOnly.class);
            assertThat(store.get("/a")).isPresent();
            assertThat(store.list("").revision()).isEqualTo(before);
            assertThat(store.get("/large")).isEmpty();

            store.limitPages(100_000);
            time.advance(Duration.ofSeconds(6));
            await().until(() -> store.health() instanceof Health.Writable);
            assertThat(store.txn(List.of(), List.of(put("/large")))).isEqualTo(new Outcome.Committed(before + 1));
        }
    }

    @Test
    void aFailedTransactionTakesItsNeighboursWithItAndNothingOfThemIsKept() throws Exception {
        try (var store = open(); var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            store.put("/a", bytes("1"));
            store.limitPages(1);
            var tries = new ArrayList<Future<?>>();
            for (int i = 0; i < 20; i++) {
                String key = "/k" + i;
                tries.add(pool.submit(() -> store.put(key, new byte[200_000])));
            }
            for (var one : tries) {
                assertThatThrownBy(one::get).hasCauseInstanceOf(StoreException.class);
            }
            assertThat(store.list("").entries()).hasSize(1);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static Write put(String key) {
        return new Write.Put(key, bytes("x"), Lease.NONE);
    }
}
