package reeve.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import reeve.base.os.Cgroups;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;

/// Counts, in `/proc` and among cgroups and not by what Reeve says, the processes of services that carry a mark in their
/// environment. Every count makes sure that no instance runs twice at one time.
public final class Census {
    private final String mark;
    private final Map<Long, ProcessFacts> shims = new HashMap<>();
    private final Set<String> cgroups = new HashSet<>();

    /// @param instance whose program it is, or was started by
    /// @param run      names one run of that instance
    public record Member(ProcessFacts process, String instance, String run) {}

    /// @param mark `NAME=value`, given to every service in its `environment` and to nothing else
    public Census(String mark) {
        this.mark = mark;
    }

    /// The program of each instance that runs now, by the instance's id.
    public Map<String, ProcessFacts> programs() {
        var found = new TreeMap<String, ProcessFacts>();
        var earlier = new HashMap<String, Member>();
        for (Member member : members()) {
            Member other = earlier.put(member.instance, member);
            // the first may have ended, and been followed by the second, while they were counted
            assertThat(other != null && !other.run.equals(member.run) && runs(other.process) && runs(member.process))
                    .as(() -> "two copies of " + member.instance + ": " + other + " and " + member).isFalse();
            if (text(member.process.parent(), "cmdline").contains("shim")) {
                found.put(member.instance, member.process);
                remember(member.process);
            }
        }
        return found;
    }

    /// Whether it runs on: a process that was killed may be seen until the kernel has ended it.
    private static boolean runs(ProcessFacts process) {
        return Processes.alive(process.pid(), process.startTicks());
    }

    private void remember(ProcessFacts program) {
        Processes.facts(program.parent()).filter(parent -> parent.pid() != 1).ifPresent(shim -> shims.put(shim.pid(), shim));
        text(program.pid(), "cgroup").lines().filter(line -> line.contains("/reeve/"))
                .forEach(line -> cgroups.add(line.substring(line.lastIndexOf('/') + 1)));
    }

    /// Processes whose program is gone: nobody supervises them.
    public List<Member> orphans() {
        var programs = programs();
        return members().stream().filter(member -> !programs.containsKey(member.instance) && runs(member.process)).toList();
    }

    /// All processes with the mark, and all shims and cgroups that were ever seen of them and are still there.
    public List<String> left() {
        var left = new ArrayList<String>();
        members().forEach(member -> left.add(member.toString()));
        shims.values().stream().filter(Census::runs).forEach(shim -> left.add("shim " + shim));
        Optional<Path> parent = Cgroups.find().parent();
        cgroups.stream().filter(name -> parent.filter(folder -> Files.exists(folder.resolve(name))).isPresent())
                .forEach(name -> left.add("cgroup " + name));
        return left;
    }

    private List<Member> members() {
        return Processes.all(process -> Processes.startedWith(process.pid(), mark)).stream()
                .map(process -> new Member(process, entry(process, "REEVE_INSTANCE"), entry(process, "REEVE_COOKIE")))
                .filter(member -> !member.run.isEmpty())
                .toList();
    }

    private static String entry(ProcessFacts process, String name) {
        return List.of(text(process.pid(), "environ").split("\0")).stream().filter(entry -> entry.startsWith(name + "="))
                .map(entry -> entry.substring(name.length() + 1)).findFirst().orElse("");
    }

    private static String text(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // gone
        }
    }
}
