package reeve.run.reconcile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reeve.base.Jitter;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;

/// The ports given to this node's instances, as they are in the local store. It picks them: free now, given to no other
/// instance, and below the range from which the kernel takes ports for outgoing connections (32768 and up on Linux), so that
/// none is taken by chance between two starts. An instance keeps its port while it is declared. Any thread.
final class Ports {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;

    private final DesiredApps store;
    private final Jitter jitter;
    private final Map<InstanceId, Integer> given = new TreeMap<>();
    private final Set<InstanceId> declared = new HashSet<>();

    Ports(DesiredApps store, Jitter jitter) {
        this.store = store;
        this.jitter = jitter;
    }

    /// Reads what was given before Reeve was restarted.
    synchronized Map<InstanceId, Integer> load() {
        given.putAll(store.ports());
        return Map.copyOf(given);
    }

    /// Gives the instances of an app the ports that they lack.
    /// @return the ports of all its instances, durable
    /// @throws Failure `BUSY` when none is free, `UNAVAILABLE` when they could not be kept; nothing is given then
    synchronized Map<InstanceId, Integer> give(AppSpec app) {
        Map<InstanceId, Integer> picked = missing(app);
        store.savePorts(picked);
        given.putAll(picked);
        release(app.name());
        var ports = new TreeMap<InstanceId, Integer>();
        instances(app).forEach(id -> {
            declared.add(id);
            ports.put(id, given.get(id));
        });
        return ports;
    }

    /// An app is declared no longer. Its instances keep their ports until they are gone.
    synchronized void release(AppName app) {
        declared.removeIf(id -> id.service().app().equals(app));
    }

    /// Gives an instance another port than the one that a stranger took.
    /// @throws Failure as [#give]
    synchronized int move(InstanceId id) {
        int port = another(new HashSet<>(given.values()));
        store.savePorts(Map.of(id, port));
        given.put(id, port);
        return port;
    }

    /// A port that is free now and given to nobody. It is not kept: another instance may get it once nobody listens there.
    /// @throws Failure `BUSY` when none is free
    synchronized int spare() {
        return another(new HashSet<>(given.values()));
    }

    /// Whom a port was given to besides one service: two manifests may fix the same.
    synchronized Optional<InstanceId> holder(int port, ServiceId besides) {
        return given.entrySet().stream().filter(entry -> entry.getValue() == port && !entry.getKey().service().equals(besides))
                .map(Map.Entry::getKey).findFirst();
    }

    /// Takes the port of an instance back that is gone, unless it was declared again meanwhile.
    synchronized void takeBack(InstanceId id) {
        if (!declared.contains(id)) {
            store.forgetPort(id);
            given.remove(id);
        }
    }

    private Map<InstanceId, Integer> missing(AppSpec app) {
        var picked = new TreeMap<InstanceId, Integer>();
        Set<Integer> taken = new HashSet<>(given.values());
        for (InstanceId id : instances(app)) {
            int has = given.getOrDefault(id, 0);
            int fixed = app.service(id.service().service()).map(ServiceSpec::fixedPort).orElse(0);
            if (fixed != 0 && has != fixed) {
                picked.put(id, fixed);
            } else if (fixed == 0 && (has < FIRST || has > LAST)) {
                int port = another(taken);
                taken.add(port);
                picked.put(id, port);
            }
        }
        return picked;
    }

    /// Those that have a port, or may have one: one more of each service than there are replicas, so that one can start in the
    /// place of another.
    private List<InstanceId> instances(AppSpec app) {
        return app.services().stream().filter(ServiceSpec::hasPort)
                .flatMap(spec -> {
                    var service = new ServiceId(app.name(), spec.name());
                    Stream<InstanceId> known = given.keySet().stream().filter(id -> id.service().equals(service));
                    return Stream.concat(IntStream.rangeClosed(1, spec.replicas() + 1).mapToObj(service::instance), known);
                })
                .distinct().toList();
    }

    private int another(Set<Integer> taken) {
        int start = FIRST + (int) (jitter.next() * (LAST - FIRST));
        for (int i = 0; i < LAST - FIRST; i++) {
            int port = FIRST + (start - FIRST + i) % (LAST - FIRST);
            if (!taken.contains(port) && free(port)) {
                return port;
            }
        }
        throw new Failure(Failure.Kind.BUSY, "cannot pick a port: all of " + FIRST + " to " + LAST + " are taken");
    }

    static boolean free(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true); // a port in TIME_WAIT is free for a server
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false; // somebody listens there; who, the start's error will say
        }
    }
}
