package reeve;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.base.os.OpenListener;
import reeve.declare.settings.Listener;
import reeve.model.Address;

/// Listening sockets that this process did not bind: they came from its predecessor or from the service manager. Each is taken
/// once, by whom it is for; what nobody takes is closed at the end. Any thread.
final class TakenSockets {
    static final String OWNER = "owner";
    static final String ADMIN = "admin";
    static final String HTTP = "http";
    static final String HTTPS = "https";
    private static final List<String> USES = List.of(HTTP, HTTPS, ADMIN);
    private static final int FIRST_PASSED = 3;
    static final TakenSockets NONE = new TakenSockets(Map.of());

    private final Map<String, Taken> byUse;

    /// @param address as it was bound; of a unix socket any
    record Taken(Address address, int descriptor) {}

    TakenSockets(Map<String, Taken> byUse) {
        this.byUse = new LinkedHashMap<>(byUse);
    }

    /// Of a proxy, which lists the one for http first.
    static TakenSockets of(Map<Address, Integer> sockets) {
        var uses = List.of(HTTP, HTTPS);
        var byUse = new LinkedHashMap<String, Taken>();
        sockets.forEach((address, descriptor) -> {
            if (byUse.size() < uses.size()) {
                byUse.put(uses.get(byUse.size()), new Taken(address, descriptor));
            }
        });
        return new TakenSockets(byUse);
    }

    /// What a service manager passed to this very process (sd_listen_fds(3)): by name where it gave names, else the first for http.
    static TakenSockets passed(Map<String, String> variables, long pid) throws IOException {
        if (!variables.getOrDefault("LISTEN_PID", "").equals(Long.toString(pid))) {
            return NONE;
        }
        String[] names = variables.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
        int count = Integer.parseInt(variables.getOrDefault("LISTEN_FDS", "0"));
        var byUse = new LinkedHashMap<String, Taken>();
        for (int i = 0; i < count; i++) {
            String name = i < names.length && USES.contains(names[i]) ? names[i] : i < USES.size() ? USES.get(i) : "";
            if (!name.isEmpty()) {
                InetSocketAddress at = OpenListener.address(FIRST_PASSED + i);
                byUse.put(name, new Taken(new Address(at.getAddress().getHostAddress(), at.getPort()), FIRST_PASSED + i));
            }
        }
        return new TakenSockets(byUse);
    }

    synchronized boolean has(String use) {
        return byUse.containsKey(use);
    }

    /// Whether the socket for a use is the one that is wished.
    synchronized boolean serves(String use, Listener wish) {
        Taken there = byUse.get(use);
        return there != null && serves(there.address, wish);
    }

    /// What is there, by use, in order.
    synchronized Map<String, Taken> all() {
        return new LinkedHashMap<>(byUse);
    }

    /// The socket for a use, where it is the one that is wished: it is the caller's now.
    synchronized Optional<Taken> take(String use, Listener wish) {
        Taken there = byUse.get(use);
        if (there == null || !serves(there.address, wish)) {
            return Optional.empty();
        }
        byUse.remove(use);
        return Optional.of(there);
    }

    /// The same as a map for the proxy.
    /// @param address that the proxy is told to listen on
    Map<Address, Integer> take(String use, Address address, Listener wish) {
        var sockets = new HashMap<Address, Integer>();
        take(use, wish).ifPresent(there -> sockets.put(address, there.descriptor));
        return sockets;
    }

    /// Another port is as good where nobody chose one.
    private static boolean serves(Address there, Listener wish) {
        boolean anyPort = wish.nextFree() || wish.address().port() == 0;
        return anyPort || there.port() == wish.address().port();
    }

    /// Closes what nobody took.
    synchronized void close() {
        byUse.values().forEach(taken -> OpenListener.close(taken.descriptor));
        byUse.clear();
    }
}
