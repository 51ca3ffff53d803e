package reeve.run.companion;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What companions need of systemd and Podman. Every method blocks, within bounds, and throws [reeve.model.Failure] when it
/// cannot be done.
interface Systemd {

    /// Why units cannot run here at all; empty where they can.
    Optional<String> refusal();

    /// Which form of units Podman here is for.
    Unit.Form form();

    /// What systemd knows of units, by name; one that it does not know is [State#NONE].
    Map<String, State> show(List<String> units);

    /// Reads all units again; Quadlet's generator makes its services.
    void reload();

    /// Begins to start a unit and does not wait: pulling its image may take long. One that failed starts afresh.
    void start(String unit);

    /// As [#start], ending what runs first.
    void restart(String unit);

    /// Stops a unit and waits until it has.
    void stop(String unit);

    /// What Quadlet's generator has to say about a unit that it made no service of.
    String complaint(String unit);

    /// @param active such as `active`, `activating`, `failed`, `inactive`
    /// @param sub    such as `running`, `auto-restart`
    /// @param pid    of the service; 0 where none runs
    record State(boolean known, String active, String sub, long pid, int restarts) {
        static final State NONE = new State(false, "inactive", "dead", 0, 0);

        /// It runs, or is on its way to.
        boolean up() {
            return active.equals("active") || active.equals("activating") || active.equals("reloading");
        }
    }
}
