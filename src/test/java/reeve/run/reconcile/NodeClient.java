package reeve.run.reconcile;

import java.time.Duration;
import java.util.List;
import reeve.model.ServiceId;
import reeve.serve.route.Route;
import reeve.sleep.WakeGate;
import reeve.testing.FakeTraffic;

/// One request and the modelled proxy's way with it.
final class NodeClient implements WakeGate.Waiter {
    private final NodeWorld world;
    private final String host;
    private final Duration length;
    private int answers;
    private int knocks;
    private boolean served;
    private String fate = "under way";

    NodeClient(NodeWorld world, String host, Duration length) {
        this.world = world;
        this.host = host;
        this.length = length;
    }

    boolean served() {
        return served;
    }

    void knock() {
        knocks++;
        if (!world.reeve.running()) {
            fate = "connection refused";
            return;
        }
        world.routes.table().find(host, "/").ifPresentOrElse(entry -> {
            if (entry.route().destination() instanceof Route.ToService to) {
                pass(to);
            }
        }, () -> fate = "404");
    }

    private void pass(Route.ToService to) {
        switch (to.availability()) {
            case Route.Availability.Down(var state, _) -> fate = "503, " + state.word();
            case Route.Availability.Maintenance(var message) -> fate = "503, in maintenance: " + message;
            case Route.Availability.Asleep() -> waits(to.service());
            case Route.Availability.Serving() -> {
                if (!world.traffic.enter(to.service())) {
                    waits(to.service());
                    return;
                }
                FakeTraffic mine = world.traffic;
                List<Route.Target> ready = to.targets().stream().filter(Route.Target::ready).toList();
                if (ready.isEmpty()) {
                    fate = "503, starting";
                    mine.leave(to.service());
                } else {
                    forward(world.simulation.pick(ready));
                    world.reeve.after(length, this + " is done", () -> mine.leave(to.service()));
                }
            }
        }
    }

    private void forward(Route.Target target) {
        boolean frozen = world.programs.find(target.instance()).map(program -> program.frozen).orElse(false);
        if (frozen) {
            world.simulation.fail("never a request forwarded to a suspended instance: " + target.instance());
        }
        served = world.programs.find(target.instance()).isPresent();
        fate = served ? "served" : "502";
    }

    private void waits(ServiceId service) {
        fate = "waits";
        answers = 0;
        world.simulation.note("proxy", this + " waits");
        world.sleep.await(service, this);
    }

    @Override
    public void done(WakeGate.Outcome outcome) {
        if (++answers > 1) {
            world.simulation.fail("every waiting request is answered once: " + this);
        }
        world.simulation.note("proxy", this + " is told " + outcome);
        fate = outcome.toString();
        if (outcome instanceof WakeGate.Outcome.Awake && knocks < 10) {
            world.reeve.after(Duration.ofMillis(1), this + " goes on", this::knock);
        }
    }

    @Override
    public boolean gone() {
        return false;
    }

    @Override
    public String toString() {
        return "request to " + host + " (" + fate + ")";
    }
}
