package reeve.declare.manifest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import reeve.base.CronText;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Hook;
import reeve.model.LogRotation;
import reeve.model.Notification;
import reeve.model.Schedule;

/// Reads what goes with an instance's life: `hooks` and Compose's, `notify`, `schedule`, `logs` and `logging`.
final class LifeReader {
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Map<String, Hook.Moment> MOMENTS = Map.of("pre_start", Hook.Moment.PRE_START, "post_start", Hook.Moment.POST_START,
            "pre_stop", Hook.Moment.PRE_STOP, "post_stop", Hook.Moment.POST_STOP);
    private static final List<String> PROCESS_MOMENTS = List.of("pre_start", "post_start", "pre_stop", "post_stop");
    private static final List<String> CONTAINER_MOMENTS = List.of("post_start", "pre_stop");
    private static final int LEAST_LOG = 1024;

    private final CommandReader commands;

    LifeReader(Templates templates) {
        this.commands = new CommandReader(templates);
    }

    List<Hook> hooks(Fields fields, Map<String, Value> own, boolean container) {
        var hooks = new ArrayList<Hook>();
        Optional.ofNullable(own.get("hooks")).map(Value::items).orElse(List.of())
                .forEach(item -> hook(item, container).ifPresent(hooks::add));
        for (String key : CONTAINER_MOMENTS) {
            for (Value item : fields.get(key).map(Value::items).orElse(List.of())) {
                Fields given = item.fields(PartKeys.COMPOSE_HOOK.keys());
                if (item.isMapping() && given.lacks("command")) {
                    item.wrong("needs 'command'");
                }
                given.get("command").map(commands::needed).ifPresent(command ->
                        hooks.add(new Hook(moment(key), Hook.Repeat.EACH_CREATE, command, Hook.DEFAULT_TIMEOUT)));
            }
        }
        return hooks;
    }

    private Optional<Hook> hook(Value item, boolean container) {
        Fields fields = item.fields(PartKeys.HOOK.keys());
        if (item.isMapping() && fields.lacks("run")) {
            item.wrong("needs 'run': the command");
        }
        if (item.isMapping() && fields.lacks("on")) {
            item.wrong("needs 'on': one of " + String.join(", ", container ? CONTAINER_MOMENTS : PROCESS_MOMENTS));
        }
        Optional<Hook.Moment> moment = fields.get("on")
                .flatMap(word -> word.word(container ? CONTAINER_MOMENTS : PROCESS_MOMENTS, text -> text)).map(LifeReader::moment);
        Hook.Repeat repeat = fields.get("when").flatMap(word -> word.word(List.of(Hook.Repeat.values()), LifeReader::word))
                .orElse(Hook.Repeat.EACH_CREATE);
        Duration timeout = fields.get("timeout").flatMap(length -> length.duration(LEAST)).orElse(Hook.DEFAULT_TIMEOUT);
        return fields.get("run").map(commands::needed)
                .flatMap(command -> moment.map(when -> new Hook(when, repeat, command, timeout)));
    }

    private static Hook.Moment moment(String word) {
        return MOMENTS.getOrDefault(word, Hook.Moment.POST_START);
    }

    private static String word(Hook.Repeat repeat) {
        return repeat.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Notification notification(Optional<Value> given) {
        Fields fields = given.map(value -> value.fields(PartKeys.NOTIFY.keys())).orElse(Fields.NONE);
        return new Notification(fields.get("ready").flatMap(Value::truth).orElse(false),
                fields.get("watchdog").flatMap(length -> length.duration(LEAST)));
    }

    static Schedule schedule(Optional<Value> given) {
        return given.flatMap(value -> value.text(LifeReader::cron)).orElse(new Schedule.Continuous());
    }

    private static Schedule cron(String text) {
        String expression = text.strip().replaceAll("\\s+", " ");
        if (!expression.matches("[ -~]{0,200}")) {
            throw new IllegalArgumentException("cannot read '" + Value.cut(text) + "' as a schedule: allowed is such as \"30 3 * * *\"");
        }
        CronText.parse(expression);
        return new Schedule.Cron(expression);
    }

    /// @param own     `logs`
    /// @param compose `logging`
    static LogRotation logs(Optional<Value> own, Optional<Value> compose) {
        if (own.isPresent()) {
            compose.ifPresent(value -> value.wrongKey("contradicts 'logs': write one of them"));
        }
        Fields fields = own.map(value -> value.fields(PartKeys.LOGS.keys())).orElse(Fields.NONE);
        Fields logging = compose.map(value -> value.fields(PartKeys.LOGGING.keys())).orElse(Fields.NONE);
        logging.get("driver").ifPresent(driver -> driver.word(List.of("json-file", "local"), word -> word));
        Fields options = logging.get("options").map(value -> value.fields(PartKeys.LOG_OPTIONS.keys())).orElse(Fields.NONE);
        return new LogRotation(
                fields.get("size").or(() -> options.get("max-size")).flatMap(size -> size.size(LEAST_LOG))
                        .orElse(LogRotation.DEFAULT.size()),
                fields.get("files").or(() -> options.get("max-file")).flatMap(number -> number.number(1, 100))
                        .orElse(LogRotation.DEFAULT.files()),
                fields.get("age").flatMap(length -> length.duration(LEAST)).orElse(LogRotation.DEFAULT.age()));
    }
}
