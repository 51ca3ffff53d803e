package reeve.front.api;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import reeve.base.http.HttpAnswer;
import reeve.declare.manifest.ManifestReader;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.ManifestSource;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceName;
import reeve.model.SleepSpec;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.DownAnswer;
import reeve.model.wire.DownRequest;
import reeve.model.wire.MaintenanceRequest;
import reeve.model.wire.ScaleRequest;
import reeve.model.wire.WireJson;
import reeve.run.reconcile.Apps;
import reeve.sleep.Asked;

/// Verbs that change what should be.
final class AppVerbs {
    private static final Pattern MESSAGE = Pattern.compile("[^\\p{Cntrl}]{1,500}");

    private final ApiParts parts;
    private final WireJson json;

    AppVerbs(ApiParts parts, WireJson json) {
        this.parts = parts;
        this.json = json;
    }

    HttpAnswer plan(ApiCall call) {
        ManifestSource source = source(call.body(ApplyRequest.class));
        ManifestReader.Result.Read read = read(source);
        return Answers.json(json, Rows.plan(parts.apps().plan(read.spec()), warnings(read),
                id -> OptionalInt.of(parts.inFlight().applyAsInt(id))));
    }

    HttpAnswer apply(ApiCall call) {
        ManifestSource source = source(call.body(ApplyRequest.class));
        ManifestReader.Result.Read read = read(source);
        return Answers.json(json, Rows.applied(parts.apps().apply(source, read.spec()), warnings(read)));
    }

    /// What was skipped in the manifest, and what users said that goes before it.
    private List<String> warnings(ManifestReader.Result.Read read) {
        var warnings = new ArrayList<>(read.warnings().stream().map(Object::toString).toList());
        parts.apps().snapshot().app(read.spec().name()).ifPresent(app -> read.spec().services().forEach(service -> {
            Apps.Scale scale = app.scaled().get(service.name());
            if (scale != null && scale.declared() == service.replicas()) {
                warnings.add(read.spec().name() + "/" + service.name() + " stays scaled to " + scale.replicas() + ", as a user asked; "
                        + "the manifest says " + scale.declared());
            }
        }));
        return warnings;
    }

    HttpAnswer down(ApiCall call) {
        return Answers.json(json, new DownAnswer(parts.installs().down(call.app(), call.body(DownRequest.class).volumes())));
    }

    HttpAnswer start(ApiCall call) {
        return act(call, parts.apps()::start);
    }

    HttpAnswer stop(ApiCall call) {
        return act(call, parts.apps()::stop);
    }

    HttpAnswer restart(ApiCall call) {
        return act(call, parts.apps()::restart);
    }

    HttpAnswer scale(ApiCall call) {
        ScaleRequest wanted = call.body(ScaleRequest.class);
        var service = new ServiceId(call.app(), new ServiceName(wanted.service()));
        Selected.require(new Selector.Service(service), parts.apps().snapshot());
        parts.apps().scale(service, wanted.replicas());
        return Answers.done();
    }

    HttpAnswer drain(ApiCall call) {
        return act(call, selector -> parts.apps().drain(instance(selector)));
    }

    HttpAnswer undrain(ApiCall call) {
        return act(call, selector -> parts.apps().undrain(instance(selector)));
    }

    HttpAnswer maintenance(ApiCall call) {
        MaintenanceRequest wanted = call.body(MaintenanceRequest.class);
        Selector selector = wanted.service() == null ? new Selector.App(call.app())
                : new Selector.Service(new ServiceId(call.app(), new ServiceName(wanted.service())));
        if (wanted.message() == null) {
            parts.apps().endMaintenance(selector);
            return Answers.done();
        }
        if (!MESSAGE.matcher(wanted.message()).matches()) {
            throw new Failure(Failure.Kind.INVALID, "cannot tell clients this: allowed is one line of at most 500 characters");
        }
        parts.apps().maintain(selector, wanted.message());
        return Answers.done();
    }

    private static InstanceId instance(Selector selector) {
        if (selector instanceof Selector.Instance(InstanceId id)) {
            return id;
        }
        throw new Failure(Failure.Kind.INVALID, "cannot drain " + selector + ": name one instance, APP/SERVICE/N");
    }

    private static HttpAnswer act(ApiCall call, Consumer<Selector> act) {
        act.accept(call.selectedInBody());
        return Answers.done();
    }

    HttpAnswer sleep(ApiCall call) {
        return askSleepers(call, parts.sleep()::askSleep, "put", " to sleep");
    }

    HttpAnswer wake(ApiCall call) {
        return askSleepers(call, service -> parts.sleep().askWake(service, "a user asked"), "wake", "");
    }

    /// Asks for each selected service that may sleep; fails where none may, or where one refuses.
    private HttpAnswer askSleepers(ApiCall call, Function<ServiceId, Asked> ask, String verb, String rest) {
        Selector selector = call.selectedInBody();
        if (selector instanceof Selector.Instance) {
            throw new Failure(Failure.Kind.INVALID, "cannot " + verb + " one instance" + rest
                    + ": a service's instances sleep and wake together");
        }
        List<ServiceId> sleepers = Selected.services(selector, parts.apps().snapshot()).stream()
                .filter(service -> sleeps(service.sleep()))
                .map(service -> new ServiceId(selector.app(), service.name()))
                .toList();
        if (sleepers.isEmpty()) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot " + verb + " " + selector + rest + ": its manifest has no 'sleep' for it");
        }
        var refused = new ArrayList<String>();
        for (ServiceId service : sleepers) {
            if (ask.apply(service) instanceof Asked.Refused(String reason)) {
                refused.add("cannot " + verb + " " + service + rest + ": " + reason);
            }
        }
        if (!refused.isEmpty()) {
            throw new Failure(Failure.Kind.CONFLICT, String.join("\n", refused));
        }
        return Answers.done();
    }

    private static boolean sleeps(SleepSpec spec) {
        return switch (spec) {
            case SleepSpec.Never() -> false;
            case SleepSpec.WhenIdle _ -> true;
        };
    }

    static ManifestSource source(ApplyRequest request) {
        try {
            Path file = Path.of(request.file());
            if (!file.isAbsolute()) {
                throw new Failure(Failure.Kind.INVALID, "cannot apply a manifest without its absolute path");
            }
            return new ManifestSource(file.normalize(), request.text(), request.variables());
        } catch (InvalidPathException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot apply a manifest from such a path", e);
        }
    }

    private ManifestReader.Result.Read read(ManifestSource source) {
        return read(parts.manifests(), source);
    }

    static ManifestReader.Result.Read read(ManifestReader manifests, ManifestSource source) {
        return switch (manifests.read(source)) {
            case ManifestReader.Result.Read read -> read;
            case ManifestReader.Result.Refused(List<ManifestReader.ManifestError> errors) ->
                throw new Failure(Failure.Kind.INVALID, errors.stream().map(Object::toString).collect(Collectors.joining("\n")));
        };
    }
}
