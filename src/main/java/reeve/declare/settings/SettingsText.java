package reeve.declare.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The settings as people read about them: made from [Definitions], so that it cannot differ from what is read.
public final class SettingsText {
    private static final int FLAG_COLUMN = 26;
    private static final int MOST_LINES = 15;

    private SettingsText() {}

    /// The lines of `reeve up --help` about flags that are settings.
    public static String flags() {
        var text = new StringBuilder();
        for (Setting<?> setting : Definitions.ALL) {
            setting.flag().ifPresent(flag -> text.append(("  " + flag + " " + setting.form() + " ".repeat(FLAG_COLUMN)), 0, FLAG_COLUMN)
                    .append(' ').append(setting.about()).append(" Default: ").append(setting.standardWords()).append('\n'));
        }
        return text.toString();
    }

    /// What `reeve up --print-config` prints: every setting with its default on this machine or an example, each commented out,
    /// so that the text as it is changes nothing. One line for a setting or a section.
    public static String configuration(Machine machine) {
        var lines = new ArrayList<>(List.of(
                "# A node's settings, each with its default or an example; all may be absent.",
                "# Read from " + machine.configuration() + " or --config FILE; each is explained in docs/configuration.md."));
        Definitions.ALL.stream().filter(setting -> !setting.isInSection())
                .map(setting -> "#" + setting.key() + ": " + setting.sample(machine) + "   # " + inShort(setting.about()))
                .forEach(lines::add);
        Map<String, List<Setting<?>>> sections = Definitions.ALL.stream().filter(Setting::isInSection)
                .collect(Collectors.groupingBy(Setting::section, LinkedHashMap::new, Collectors.toList()));
        sections.forEach((section, settings) -> lines.add(settings.stream()
                .map(setting -> setting.key().substring(section.length() + 1) + ": " + setting.sample(machine))
                .collect(Collectors.joining(", ", "#" + section + ": { ", " }"))));
        return String.join("\n", lines.size() <= MOST_LINES ? lines : cut(lines)) + "\n";
    }

    /// What does not find room is named in the last line.
    private static List<String> cut(List<String> lines) {
        var some = new ArrayList<>(lines.subList(0, MOST_LINES - 1));
        some.add(lines.subList(MOST_LINES - 1, lines.size()).stream().map(line -> line.substring(1, line.indexOf(':')))
                .collect(Collectors.joining(", ", "# Also: ", "; see docs/configuration.md.")));
        return some;
    }

    private static String inShort(String about) {
        return about.replaceFirst("[;.] .*|\\.$", "");
    }

    /// The content of `docs/configuration.md`.
    public static String page() {
        String rows = Definitions.ALL.stream().map(SettingsText::row).collect(Collectors.joining("\n"));
        return """
                # Node configuration

                A node needs no configuration. What differs from the defaults stands in one YAML file: the one named with `reeve up --config FILE`,
                else `/etc/reeve/node.yaml`, or for a user `$XDG_CONFIG_HOME/reeve/node.yaml` (`~/.config/reeve/node.yaml`). The default file may be
                absent, a named one may not. A flag wins over an environment variable, that over the file, that over the default. An unknown setting
                is an error that says what was probably meant. Relative paths in the file start at the file's folder, those of flags where Reeve
                was started. The file is watched; a change that is wrong is reported and changes nothing.

                ```yaml
                name: gateway-1
                class: cloud-engine
                labels: { rack: r1 }
                features: { gateway: true }
                values:
                  domain: example.org                       # a text
                  token: { file: /etc/reeve/token }         # a file's content
                  region: { command: [cat, /etc/region] }   # what a program prints
                http: 0.0.0.0:80
                proxy: { response_timeout: 2m }
                ```

                A dot in a name below means a key in a section: `proxy.connect_timeout` is `proxy: {connect_timeout: 5s}`.

                | setting | value | default | flag | what it is |
                |---|---|---|---|---|
                %s

                This page is made from the definitions in the code. After changing one: `mvn test -Dtest=ConfigurationPageTest -Dreeve.rewrite=true`.
                """.formatted(rows);
    }

    private static String row(Setting<?> setting) {
        String flag = setting.flag().map(name -> "`" + name + "`").orElse("");
        String variable = setting.variable().map(name -> " `" + name + "`").orElse("");
        return "| `" + setting.key() + "` | `" + setting.form() + "` | " + setting.standardWords()
                + " | " + (flag + variable).strip() + " | " + setting.about() + " |";
    }
}
