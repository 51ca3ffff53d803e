package reeve.serve.proxy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reeve.base.Jitter;
import reeve.base.Time;
import reeve.serve.access.ClientRates;
import reeve.serve.certificate.BackendContexts;
import reeve.serve.compress.Coders;
import reeve.serve.route.RouteSources;
import reeve.sleep.WakeGate;

/// What all loops of one proxy have in common.
/// @param newSocket   makes an unconnected socket of the transport in use
/// @param identity    of this proxy among all
/// @param connections of clients, open now
/// @param draining    whether the proxy is closing
/// @param clientRates how often clients came
/// @param passwordChecks where passwords are hashed
/// @param crowd       how many connections each has; null where it may have any number
/// @param coders      that compress answers
/// @param backends    the way to backends over TLS
record Shared(ProxySettings settings, Identity identity, RouteSources routes, ProxyTraffic traffic, WakeGate wakeGate, Time time,
        Jitter jitter,
        Optional<AccessLog> accessLog,
        ByteBufAllocator allocator, Supplier<SocketChannel> newSocket, AtomicInteger connections, AtomicBoolean draining,
        ClientRates clientRates, PasswordChecks passwordChecks, @Nullable ClientCrowd crowd, Coders coders, BackendContexts backends) {}
