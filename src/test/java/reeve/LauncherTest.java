package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How `./reeve` and `./dev` find a JDK 25 (`scripts/jdk`), with folders that only look like JDKs.
@Tag("it")
class LauncherTest {
    @TempDir
    private Path folder;

    private record Answer(int exitCode, String text) {}

    @Test
    void reeveJavaHomeComesFirst() throws Exception {
        Path mine = jdk("mine with a space", "25.0.3");
        Path other = jdk("other", "25.0.1");

        assertThat(find(Map.of("REEVE_JAVA_HOME", mine.toString(), "JAVA_HOME", other.toString()))).isEqualTo(new Answer(0, mine + "\n"));
    }

    @Test
    void aReeveJavaHomeThatIsNoJdk25IsRefused() throws Exception {
        Path old = jdk("old", "17.0.15");

        assertThat(find(Map.of("REEVE_JAVA_HOME", old.toString())))
                .isEqualTo(new Answer(1, "reeve: cannot use REEVE_JAVA_HOME=" + old + ": it is not a JDK 25\n"));
    }

    @Test
    void anOtherVersionInJavaHomeIsPassedOver() throws Exception {
        Path young = jdk("young", "26");
        Path right = jdk("jvm/temurin", "25");
        jdk("jvm/ancient", "8.0.25");

        assertThat(find(Map.of("JAVA_HOME", young.toString()))).isEqualTo(new Answer(0, right + "\n"));
    }

    @Test
    void aRuntimeWithoutACompilerIsPassedOver() throws Exception {
        Path runtime = jdk("runtime", "25.0.3");
        Files.delete(runtime.resolve("bin/javac"));
        Path right = jdk("on the path", "25.0.3");

        assertThat(find(Map.of("JAVA_HOME", runtime.toString(), "PATH", right.resolve("bin") + ":" + tools())))
                .isEqualTo(new Answer(0, right + "\n"));
    }

    @Test
    void whereThereIsNoneItSaysWhatToInstall() throws Exception {
        Answer answer = find(Map.of());

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.text()).startsWith("reeve: cannot find a JDK 25 (with javac)")
                .contains("apt install openjdk-25-jdk").contains("Debian 12:").contains("REEVE_JAVA_HOME");
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nOS_ARCH=\"x\"\n");
        for (String program : List.of("java", "javac")) {
            Files.createFile(home.resolve("bin").resolve(program),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        }
        return home;
    }

    private Answer find(Map<String, String> environment) throws IOException, InterruptedException {
        String script = "set -eu; fail() { printf 'reeve: %s\\n' \"$@\"; exit 1; }; . scripts/jdk; find_jdk; printf '%s\\n' \"$jdk\"";
        var builder = new ProcessBuilder("/bin/sh", "-c", script).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", tools().toString());
        builder.environment().put("jvms", folder.resolve("jvm").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return new Answer(process.exitValue(), text);
    }

    /// A folder with the one program that the search runs, without the machine's java beside it.
    private Path tools() throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        if (Files.notExists(tools.resolve("readlink"))) {
            Files.createSymbolicLink(tools.resolve("readlink"), Path.of("/usr/bin/readlink"));
        }
        return tools;
    }
}
