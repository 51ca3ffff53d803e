package reeve.run.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.run.supervise.Driver.Run;

/// What Podman says of a container.
/// @param pid       of its first process on this machine; 0 where none runs
/// @param exitCode  of that process; 128 and more may also be a signal's number plus 128, Podman tells them not apart
/// @param anonymous its volumes without a name: place inside → name at Podman
record Container(
        String id, String name, String image, State state, long pid, int exitCode, boolean outOfMemory, Map<String, String> labels,
        Map<String, String> anonymous) {

    private static final int LAST_SIGNAL = 31;

    enum State {
        /// Made, and its program was never run.
        MADE,
        RUNNING,
        PAUSED,
        ENDED
    }

    Container {
        labels = Map.copyOf(labels);
        anonymous = Map.copyOf(anonymous);
    }

    /// A row of the list; whether memory ran out is not in it.
    static Container ofRow(Json row) {
        return new Container(row.get("Id").text(), row.get("Names").texts().stream().findFirst().orElse(""), row.get("ImageID").text(),
                state(row.get("State").text()), row.get("Pid").number(), (int) row.get("ExitCode").number(), false,
                labels(row.get("Labels")), Map.of());
    }

    static Container ofInspection(Json inspection) {
        Json state = inspection.get("State");
        return new Container(inspection.get("Id").text(), inspection.get("Name").text(), inspection.get("Image").text(),
                state(state.get("Status").text()), state.get("Pid").number(), (int) state.get("ExitCode").number(),
                state.get("OOMKilled").truth(), labels(inspection.get("Config").get("Labels")), anonymous(inspection.get("Mounts")));
    }

    private static Map<String, String> labels(Json labels) {
        return labels.fields().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, label -> label.getValue().text()));
    }

    /// Podman names them by 64 random hexadecimal digits.
    private static Map<String, String> anonymous(Json mounts) {
        var found = new HashMap<String, String>();
        for (Json mount : mounts.items()) {
            if (mount.get("Type").text().equals("volume") && mount.get("Name").text().matches("[0-9a-f]{64}")) {
                found.put(mount.get("Destination").text(), mount.get("Name").text());
            }
        }
        return found;
    }

    /// libpod/define/containerstate.go.
    private static State state(String word) {
        return switch (word) {
            case "created", "configured", "initialized" -> State.MADE;
            case "running", "stopping" -> State.RUNNING;
            case "paused" -> State.PAUSED;
            default -> State.ENDED; // stopped, exited, removing, dead
        };
    }

    Optional<InstanceId> instance() {
        try {
            return Optional.ofNullable(labels.get(Labels.INSTANCE)).map(InstanceId::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a label of that name that we did not write
        }
    }

    boolean isOf(InstanceId id, String node) {
        return node.equals(labels.get(Labels.NODE)) && instance().filter(id::equals).isPresent();
    }

    String spec() {
        return labels.getOrDefault(Labels.SPEC, "");
    }

    Run run() {
        return new Run(id, pid);
    }

    boolean lives() {
        return state == State.RUNNING || state == State.PAUSED;
    }

    /// Whether its first process is there, and is its own. Podman does not notice the end of one whose monitor was killed.
    boolean hasProcess() {
        boolean another = Processes.inCgroupOf(pid, "libpod") && !Processes.inCgroupOf(pid, id);
        return !another && Processes.facts(pid).filter(facts -> !facts.gone()).isPresent();
    }

    /// Whether the init that stands before its program passes signals on. It blocks them then, to take them one by one; a signal that
    /// comes before that would be lost, as the kernel drops what the first process of a container does not ask for.
    boolean passesSignalsOn() {
        try {
            return !Files.readString(Path.of("/proc", Long.toString(pid), "status")).contains("SigBlk:\t0000000000000000");
        } catch (IOException e) {
            return true; // it is gone
        }
    }

    Exit exit() {
        if (outOfMemory && exitCode != 0) {
            return new Exit.OutOfMemory();
        }
        int signal = exitCode - 128;
        if (signal >= 1 && signal <= LAST_SIGNAL) {
            return new Exit.Signalled(signal);
        }
        return exitCode < 0 ? new Exit.Unknown() : new Exit.Code(exitCode);
    }
}
