package reeve.base.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// cgroup v2 as plain folders, which have no controllers of their own: `LimitsTest` has real ones.
class ControllersTest {
    @TempDir
    Path root;

    @Test
    void limitsOfAUnifiedCgroupAreWrittenAsTheKernelReadsThem() throws IOException {
        Path folder = unified("run-1");
        var folders = Map.of(Limit.MEMORY, folder, Limit.CPU, folder, Limit.PROCESSES, folder);
        Files.writeString(folder.resolve("memory.swap.max"), "max");
        Controllers.none().set(folders, Map.of(Limit.MEMORY, 1_000_000L, Limit.CPU, 1_500_000L, Limit.PROCESSES, 64L));
        assertThat(folder.resolve("memory.max")).hasContent("1000000");
        assertThat(folder.resolve("memory.swap.max")).hasContent("0");
        assertThat(folder.resolve("cpu.max")).hasContent("150000 100000");
        assertThat(folder.resolve("pids.max")).hasContent("64");
    }

    @Test
    void aLittleOfAProcessorIsNotLessThanTheKernelTakes() throws IOException {
        Path folder = unified("run-1");
        Controllers.none().set(Map.of(Limit.CPU, folder), Map.of(Limit.CPU, 1000L));
        assertThat(folder.resolve("cpu.max")).hasContent("1000 100000");
    }

    @Test
    void controllersAreEnabledFromTheTopDownToOurFolder() throws IOException {
        Files.writeString(root.resolve("cgroup.controllers"), "cpuset cpu io memory pids\n");
        Files.writeString(root.resolve("cgroup.subtree_control"), "memory\n");
        Path parent = Files.createDirectory(root.resolve("reeve"));
        Files.writeString(parent.resolve("cgroup.controllers"), "cpu memory pids\n");
        Files.writeString(parent.resolve("cgroup.subtree_control"), "\n");
        assertThat(Controllers.offered(root)).containsExactly(Limit.MEMORY, Limit.CPU, Limit.PROCESSES);
        Controllers.enable(root);
        assertThat(root.resolve("cgroup.subtree_control")).as("what is enabled stays").content().isIn("+cpu", "+pids");
        assertThat(parent.resolve("cgroup.subtree_control")).content().startsWith("+");
    }

    @Test
    void whatMemoryAndTimeAUnifiedCgroupUsesIsRead() throws IOException {
        Path folder = unified("run-1");
        Files.writeString(folder.resolve("memory.current"), "5000\n");
        Files.writeString(folder.resolve("memory.stat"), "anon 3000\ninactive_file 1500\n");
        Files.writeString(folder.resolve("cpu.stat"), "usage_usec 2000000\nuser_usec 1\n");
        assertThat(Controllers.memory(folder)).hasValue(3500);
        assertThat(Controllers.cpuMicros(folder)).hasValue(2_000_000);
        assertThat(Controllers.outOfMemoryFile(folder)).hasFileName("memory.events");
        assertThat(Controllers.memory(root)).isEmpty();
        assertThat(List.of(Limit.values())).extracting(Limit::controller).containsExactly("memory", "cpu", "pids");
    }

    private Path unified(String name) throws IOException {
        Path folder = Files.createDirectories(root.resolve("reeve").resolve(name));
        Files.writeString(folder.resolve("cgroup.freeze"), "0");
        return folder;
    }
}
