package reeve.front.api;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reeve.base.Session;
import reeve.base.http.FrameChannel;
import reeve.base.http.HttpAnswer;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.InstanceStatus;
import reeve.model.Interaction;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceName;
import reeve.model.wire.ExecRequest;
import reeve.model.wire.RunRequest;
import reeve.run.reconcile.Apps;

/// Verbs that let somebody talk to a command: they leave HTTP.
final class TalkVerbs {
    private final ApiParts parts;

    TalkVerbs(ApiParts parts) {
        this.parts = parts;
    }

    HttpAnswer exec(ApiCall call) {
        call.allowOnly(Set.of());
        ExecRequest request = call.body(ExecRequest.class);
        requireUpgrade(call);
        var service = new ServiceId(call.app(), new ServiceName(request.service()));
        Apps.Snapshot snapshot = parts.apps().snapshot();
        InstanceId instance = Optional.ofNullable(request.instance()).map(service::instance).orElseGet(() -> running(service, snapshot));
        Selected.require(new Selector.Instance(instance), snapshot);
        Session session = parts.apps().exec(instance, interaction(request));
        return HttpAnswer.upgraded(ExecRequest.PROTOCOL, new Held(session));
    }

    HttpAnswer run(ApiCall call) {
        call.allowOnly(Set.of());
        RunRequest request = call.body(RunRequest.class);
        requireUpgrade(call);
        var service = new ServiceId(call.app(), new ServiceName(request.service()));
        Selected.require(new Selector.Service(service), parts.apps().snapshot());
        Session session = parts.apps().once(service, new Apps.Copy(request.command(), request.environment(), terminal(request.terminal())));
        return HttpAnswer.upgraded(ExecRequest.PROTOCOL, new Held(session));
    }

    /// Ends with its client, whenever that leaves.
    private record Held(Session session) implements HttpAnswer.Conversation {
        @Override
        public void hold(FrameChannel frames) throws IOException {
            new Relay(session, frames).run();
        }

        @Override
        public void drop() {
            session.close();
        }
    }

    private static void requireUpgrade(ApiCall call) {
        boolean asked = call.request().header("Upgrade").map(protocol -> protocol.toLowerCase(Locale.ROOT))
                .filter(ExecRequest.PROTOCOL::equals).isPresent();
        if (!asked) {
            throw new Failure(Failure.Kind.INVALID, "cannot talk to a command by plain HTTP: send 'Upgrade: " + ExecRequest.PROTOCOL + "'");
        }
    }

    private static InstanceId running(ServiceId service, Apps.Snapshot snapshot) {
        Selected.require(new Selector.Service(service), snapshot);
        return snapshot.instances().stream()
                .filter(instance -> instance.id().service().equals(service) && instance.pid().isPresent())
                .map(InstanceStatus::id)
                .findFirst()
                .orElseThrow(() -> new Failure(Failure.Kind.CONFLICT,
                        "cannot run a command in " + service + ": none of its instances runs"));
    }

    private static Interaction interaction(ExecRequest request) {
        return new Interaction(request.command(), request.environment(), terminal(request.terminal()));
    }

    private static Optional<Interaction.Terminal> terminal(ExecRequest.@Nullable TerminalRow size) {
        return Optional.ofNullable(size).map(known -> new Interaction.Terminal(known.rows(), known.columns()));
    }
}
