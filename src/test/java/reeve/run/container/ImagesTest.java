package reeve.run.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.model.Workload;
import reeve.model.Workload.PullPolicy;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver;

/// Images from a registry, from an archive, from a Dockerfile. What is pulled here cannot run; that it was there is what counts.
class ImagesTest extends RealContainers {
    private Registry registry;

    @BeforeEach
    void offer() throws IOException {
        registry = new Registry();
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
    }

    private Containers pulls(String image, PullPolicy policy) {
        return Containers.of(List.of("/none")).init(false).image(registry.name(image), policy);
    }

    /// Its program is not there: the start fails after the image was fetched.
    private void fetches(Driver driver, String image, PullPolicy policy) {
        assertThat(refused(driver, WEB, pulls(image, policy))).contains("/none");
    }

    private static String id(String image) {
        return podman.podman("image", "inspect", "--format", "{{.Id}}", image);
    }

    @Test
    void aPullTellsHowFarItIs() {
        registry.offer("wiki:1", 3, 2_000_000, 1);
        registry.slow(true);
        fetches(driver(), "wiki:1", PullPolicy.MISSING);
        assertThat(words.getFirst()).isEqualTo("pulling " + registry.name("wiki:1"));
        assertThat(words).anyMatch(line -> line.matches("pulling .*: \\d of \\d layers, \\d MB"));
        assertThat(words.getLast()).isEqualTo("pulled " + registry.name("wiki:1") + ": 4 of 4 layers, 6 MB");
    }

    @Test
    @DisplayName("A pull that hangs is over after its silence, and delays no other service")
    void aHungPullDelaysNoOther() throws Exception {
        registry.offer("wiki:1", 1, 2_000_000, 2);
        registry.hangs(true);
        var driver = driver();
        CompletableFuture<String> pull = CompletableFuture.supplyAsync(() -> refused(driver, WEB, pulls("wiki:1", PullPolicy.MISSING)));
        Run other = start(driver, DB, sleeps());
        assertThat(alive(other)).isTrue();
        assertThat(pull).isNotDone();
        assertThat(pull.get(20, TimeUnit.SECONDS))
                .isEqualTo("image " + registry.name("wiki:1")
                        + " cannot be pulled: nothing was heard of it for 3 s");
        assertThat(heard).as("Podman itself is well").isEmpty();
    }

    @Test
    void anImageThatIsNotThereSaysSo() {
        assertThat(refused(driver(), WEB, pulls("absent:1", PullPolicy.MISSING)))
                .startsWith("image " + registry.name("absent:1") + " cannot be pulled: ")
                .contains("manifest unknown");
    }

    @Test
    void policiesDecideWhetherItIsFetchedAgain() {
        registry.offer("wiki:1", 1, 1000, 3);
        var driver = driver();
        fetches(driver, "wiki:1", PullPolicy.MISSING);
        String first = id(registry.name("wiki:1"));
        registry.offer("wiki:1", 1, 1000, 4);
        fetches(driver, "wiki:1", PullPolicy.MISSING);
        fetches(driver, "wiki:1", PullPolicy.NEVER);
        assertThat(id(registry.name("wiki:1"))).isEqualTo(first);
        fetches(driver, "wiki:1", PullPolicy.ALWAYS);
        assertThat(id(registry.name("wiki:1"))).isNotEqualTo(first);
    }

    @Test
    void aPrivateRegistryIsReachedWithTheLoginOfTheAuthFile() throws IOException {
        registry.offer("private/wiki:1", 1, 1000, 5);
        registry.needsLogin("ada", "canary-password");
        assertThat(refused(driver(), WEB, pulls("private/wiki:1", PullPolicy.MISSING))).contains("cannot be pulled");

        Path authFile = state.resolve("auth.json");
        String pair = Base64.getEncoder().encodeToString("ada:canary-password".getBytes(StandardCharsets.UTF_8));
        Files.writeString(authFile, "{\"auths\":{\"" + registry.name("private") + "\":{\"auth\":\"" + pair + "\"}}}");
        var driver = driver(runtime(new ContainerSettings(Optional.empty(), podman.program().toString(), Optional.of(authFile))));
        fetches(driver, "private/wiki:1", PullPolicy.MISSING);
        assertThat(words).noneMatch(line -> line.contains("canary"));
    }

    @Test
    void onlyTheTwoNewestOfAServiceStay() {
        ContainerRuntime runtime = runtime();
        Driver driver = driver(runtime);
        for (int i = 1; i <= 4; i++) {
            registry.offer("wiki:" + i, 1, 1000, 10 + i);
            fetches(driver, "wiki:" + i, PullPolicy.MISSING);
        }
        assertThat(tags("wiki")).containsExactlyInAnyOrder("3", "4");
        assertThat(podman.podman("image", "exists", Containers.BOX)).as("what Reeve did not fetch stays").isEmpty();
        assertThat(runtime.pruneImages(Set.of(WEB.service()))).isZero();
        assertThat(runtime.pruneImages(Set.of())).isEqualTo(2);
        assertThat(tags("wiki")).isEmpty();
    }

    private List<String> tags(String repository) {
        return podman.podman("images", "--format", "{{.Repository}} {{.Tag}}").lines()
                .filter(line -> line.startsWith(registry.name(repository) + " "))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }

    @Test
    void anArchiveIsLoadedOnceByItsDigest() {
        for (String format : List.of("docker-archive", "oci-archive")) {
            Path archive = state.resolve(format + ".tar");
            String name = "localhost/archived-" + format.charAt(0) + ":1";
            podman.podman("tag", Containers.BOX, name);
            podman.podman("save", "--format", format, "--output", archive.toString(), name);
            podman.podman("rmi", "--force", name);
            podman.podman("untag", Containers.BOX);
            podman.podman("image", "prune", "--force");
            var image = new Workload.Image(name, PullPolicy.MISSING, Optional.of(archive), Optional.empty());
            var driver = driver();
            start(driver, WEB, sleeps().image(image));
            assertThat(words).as(format).containsExactly("loading " + archive);
            start(driver, DB, sleeps().image(image));
            assertThat(words).as(format).containsExactly("loading " + archive);
            words.clear();
            podman.podman("tag", name, Containers.BOX);
            endContainers(driver);
        }
    }

    private void endContainers(Driver driver) {
        driver.close();
        podman.podman("rm", "--all", "--force", "--time=0");
    }

    @Test
    void anImageIsBuiltFromItsFolderWithoutWhatIsIgnored() throws IOException {
        Path folder = Files.createDirectories(state.resolve("context"));
        Files.createDirectories(folder.resolve("node_modules/deep"));
        Files.writeString(folder.resolve("node_modules/deep/secret"), "no");
        Files.writeString(folder.resolve("notes.md"), "no");
        Files.writeString(folder.resolve("kept.md"), "yes");
        Files.createDirectories(folder.resolve("a".repeat(120)));
        Files.writeString(folder.resolve("a".repeat(120)).resolve("long"), "long");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("kept.md"));
        Files.writeString(folder.resolve(".dockerignore"), "# not for the image\nnode_modules\n*.md\n!kept.md\n");
        Files.writeString(folder.resolve("Dockerfile"), """
                FROM %s AS first
                ARG GREETING
                COPY . /context/
                RUN echo "$GREETING" > /greeting
                FROM first AS second
                RUN echo never >> /greeting
                """.formatted(Containers.BOX));
        var build = new Workload.Build(folder, folder.resolve("Dockerfile"), Map.of("GREETING", "hello there"), Optional.of("first"));
        var image = new Workload.Image("localhost/built:1", PullPolicy.BUILD, Optional.empty(), Optional.of(build));
        start(driver(), WEB, Containers.shell("cd /context; ls; ls a*; cat link /greeting; exec sleep 600").image(image));
        eventually(() -> assertThat(output(WEB)).contains("kept.md", "long", "yes", "hello there\n"));
        assertThat(output(WEB)).doesNotContain("node_modules", "notes.md", "never");
        assertThat(words).anyMatch(line -> line.startsWith("building localhost/built:1: STEP"));

        Files.writeString(folder.resolve("Dockerfile"), "FROM " + Containers.BOX + "\nRUN exit 7\n");
        assertThat(refused(driver(), DB, sleeps().image(image)))
                .startsWith("image localhost/built:1 cannot be built: ");
    }
}
