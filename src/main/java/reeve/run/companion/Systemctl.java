package reeve.run.companion;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reeve.base.command.Command;
import reeve.model.Failure;

/// systemd by its own command, each with a fixed list of words.
/// @param user        whose own systemd it is; empty for the machine's
/// @param environment of the commands
record Systemctl(Optional<String> user, Map<String, String> environment) implements Systemd {
    private static final Path BOOTED = Path.of("/run/systemd/system"); // sd_booted(3)
    private static final Path LINGERING = Path.of("/var/lib/systemd/linger");
    private static final String GENERATOR = "/usr/lib/systemd/system-generators/podman-system-generator";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration TO_STOP = Duration.ofMinutes(2);
    private static final int MOST_BYTES = 256 * 1024;
    private static final Pattern VERSION = Pattern.compile("([0-9]+)\\.([0-9]+)");

    Systemctl {
        environment = Map.copyOf(environment);
    }

    @Override
    public Optional<String> refusal() {
        if (!Files.isDirectory(BOOTED)) {
            return Optional.of("run_as: quadlet needs systemd, and this machine was not started by it");
        }
        if (user.isPresent() && !Files.exists(LINGERING.resolve(user.get()))) {
            return Optional.of("its systemd ends when " + user.get() + " logs out: let it linger, with 'loginctl enable-linger "
                    + user.get() + "'");
        }
        return Optional.empty();
    }

    @Override
    public Unit.Form form() {
        String version = needed("ask Podman for its version", PATIENCE, List.of("podman", "--version"));
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.find()) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot tell Podman's version from '" + version.strip() + "'");
        }
        int major = Integer.parseInt(matcher.group(1));
        return major > 4 || major == 4 && Integer.parseInt(matcher.group(2)) >= 4 ? Unit.Form.QUADLET : Unit.Form.SERVICE;
    }

    @Override
    public Map<String, State> show(List<String> units) {
        var words = new ArrayList<>(List.of("show", "--property=Id,LoadState,ActiveState,SubState,MainPID,NRestarts,Job", "--"));
        words.addAll(units);
        return states(systemctl("look at units", PATIENCE, words));
    }

    /// Reads what `systemctl show` says of units. One that is not there yet but has a job will be: it waits for others, such as the
    /// network, and no job is added to that one.
    static Map<String, State> states(String shown) {
        var states = new HashMap<String, State>();
        for (String block : shown.split("\n\n")) {
            var values = new HashMap<String, String>();
            block.lines().filter(line -> line.contains("=")).forEach(line ->
                    values.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
            boolean known = values.getOrDefault("LoadState", "").equals("loaded");
            String active = values.getOrDefault("ActiveState", "inactive");
            boolean waits = List.of("inactive", "failed").contains(active) && number(values, "Job") != 0;
            String sub = waits ? "waits for its turn" : values.getOrDefault("SubState", "dead");
            states.put(values.getOrDefault("Id", ""), new State(known, waits ? "activating" : active, sub,
                    number(values, "MainPID"), (int) number(values, "NRestarts")));
        }
        return states;
    }

    private static long number(Map<String, String> values, String key) {
        String text = values.getOrDefault(key, "");
        return text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 0;
    }

    @Override
    public void reload() {
        systemctl("let systemd read units again", PATIENCE, List.of("daemon-reload"));
    }

    @Override
    public void start(String unit) {
        run(PATIENCE, systemctl(List.of("reset-failed", "--", unit))); // fails where there is nothing to reset
        systemctl("start " + unit, PATIENCE, List.of("start", "--no-block", "--", unit));
    }

    @Override
    public void restart(String unit) {
        run(PATIENCE, systemctl(List.of("reset-failed", "--", unit))); // likewise
        systemctl("restart " + unit, PATIENCE, List.of("restart", "--no-block", "--", unit));
    }

    @Override
    public void stop(String unit) {
        systemctl("stop " + unit, TO_STOP, List.of("stop", "--", unit));
    }

    @Override
    public String complaint(String unit) {
        var words = new ArrayList<>(List.of(GENERATOR, "--dryrun"));
        if (user.isPresent()) {
            words.add("--user");
        }
        String said = switch (run(PATIENCE, words)) {
            case Command.Outcome.Ended(int _, String output) -> output;
            case Command.Outcome.TimedOut(), Command.Outcome.Failed _ -> "";
        };
        String about = unit.replaceFirst("\\.service$", "");
        return said.lines().filter(line -> line.contains(about) && (line.contains("rror") || line.contains("nsupported")))
                .findFirst().map(line -> ": " + line.strip()).orElse("");
    }

    private List<String> systemctl(List<String> words) {
        var all = new ArrayList<>(List.of("systemctl", "--no-ask-password", "--no-pager"));
        if (user.isPresent()) {
            all.add("--user");
        }
        all.addAll(words);
        return all;
    }

    private String systemctl(String what, Duration patience, List<String> words) {
        return needed(what, patience, systemctl(words));
    }

    private String needed(String what, Duration patience, List<String> words) {
        return switch (run(patience, words)) {
            case Command.Outcome.Ended(int exitCode, String output) -> {
                if (exitCode != 0) {
                    throw cannot(what, output.strip());
                }
                yield output;
            }
            case Command.Outcome.TimedOut() -> throw cannot(what, "it took longer than " + patience.toSeconds() + " s");
            case Command.Outcome.Failed(String reason) -> throw cannot(what, reason);
        };
    }

    private Command.Outcome run(Duration patience, List<String> words) {
        return new Command(words, environment, Path.of("/"), patience, MOST_BYTES).run();
    }

    private static Failure cannot(String what, String reason) {
        return new Failure(Failure.Kind.UNAVAILABLE, "cannot " + what + ": " + reason);
    }
}
