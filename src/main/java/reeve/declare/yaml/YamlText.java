package reeve.declare.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads a text of one YAML 1.2 document into a [Node].
///
/// Made from the library's events, not its node graph: that is one pass which stops at the first bound that is reached,
/// before a hostile text has cost anything. An alias costs as much as what it stands for, so aliases of aliases end soon.
public final class YamlText {
    /// A longer text is refused, in characters.
    public static final int MOST_CHARACTERS = 1024 * 1024;
    public static final int DEEPEST = 50;
    /// The most values, aliases expanded.
    public static final int MOST_VALUES = 100_000;

    private final Problems problems;
    private final Iterator<Event> events;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int values;

    /// @param weight number of values in it, aliases expanded
    private record Anchored(Node node, int weight) {}

    /// Ends the reading of a text whose structure cannot be trusted.
    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Place place;

        Stop(Place place, String message) {
            super(message, null, false, false);
            this.place = place;
        }
    }

    private YamlText(String text, Problems problems) {
        this.problems = problems;
        this.events = new Parse(LoadSettings.builder().setCodePointLimit(MOST_CHARACTERS).build()).parseString(text).iterator();
    }

    /// @param problems told of syntax errors and duplicate keys
    /// @return empty when the text has no usable structure; an empty text is an empty mapping
    public static Optional<Node> parse(String text, Problems problems) {
        if (text.length() > MOST_CHARACTERS) {
            problems.error(Place.NONE, "", "cannot read a file of " + text.length() + " characters: allowed are " + MOST_CHARACTERS);
            return Optional.empty();
        }
        try {
            return Optional.of(new YamlText(text, problems).document());
        } catch (Stop stop) {
            problems.error(stop.place, "", stop.getMessage());
        } catch (MarkedYamlEngineException syntax) {
            problems.error(syntax.getProblemMark().map(YamlText::place).orElse(Place.NONE), "", "cannot read YAML: "
                    + oneLine(syntax.getProblem()));
        } catch (YamlEngineException broken) {
            problems.error(Place.NONE, "", "cannot read YAML: " + oneLine(broken.getMessage()));
        }
        return Optional.empty();
    }

    private Node document() {
        Event event = events.next();
        while (event instanceof StreamStartEvent || event instanceof DocumentStartEvent) {
            event = events.next();
        }
        if (!(event instanceof NodeEvent)) {
            return new Node.Mapping(new Place(1, 1), List.of());
        }
        Node root = node(event, "", 0);
        Event next = events.next();
        while (next instanceof DocumentEndEvent) {
            next = events.next();
        }
        if (next instanceof DocumentStartEvent) {
            throw new Stop(place(next), "cannot read a second document ('---'): write one file for each");
        }
        return root;
    }

    private Node node(Event event, String key, int depth) {
        Place place = place(event);
        if (depth > DEEPEST) {
            throw new Stop(place, "cannot read values nested deeper than " + DEEPEST);
        }
        if (event instanceof AliasEvent alias) {
            return original(alias, place);
        }
        int before = values;
        count(1, place);
        Node node = switch (event) {
            case ScalarEvent scalar -> scalar(scalar, key, place);
            case SequenceStartEvent start -> sequence(start, key, depth, place);
            case MappingStartEvent start -> mapping(start, key, depth, place);
            default -> throw new Stop(place, "cannot read YAML: expected a value");
        };
        ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(node, values - before)));
        return node;
    }

    private Node original(AliasEvent alias, Place place) {
        Anchored anchored = anchors.get(alias.getAlias());
        String name = Value.cut(alias.getAlias().getValue());
        if (anchored == null) {
            throw new Stop(place, "cannot follow alias '*" + name + "': no anchor '&" + name + "' ends before it");
        }
        count(anchored.weight, place);
        return anchored.node;
    }

    private Node scalar(ScalarEvent scalar, String key, Place place) {
        checkTag(scalar.getTag(), "str int float bool null", key, place);
        boolean forcedText = scalar.getTag().filter(tag -> tag.endsWith(":str") || tag.equals("!")).isPresent();
        return new Node.Scalar(place, scalar.getValue(), scalar.isPlain() && !forcedText);
    }

    private Node sequence(SequenceStartEvent start, String key, int depth, Place place) {
        checkTag(start.getTag(), "seq", key, place);
        var items = new ArrayList<Node>();
        for (Event event = events.next(); !(event instanceof SequenceEndEvent); event = events.next()) {
            items.add(node(event, key + "[" + items.size() + "]", depth + 1));
        }
        return new Node.Sequence(place, items);
    }

    private Node mapping(MappingStartEvent start, String key, int depth, Place place) {
        checkTag(start.getTag(), "map", key, place);
        var own = new LinkedHashMap<String, Node.Entry>();
        var merged = new LinkedHashMap<String, Node.Entry>();
        for (Event event = events.next(); !(event instanceof MappingEndEvent); event = events.next()) {
            boolean merge = event instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().equals("<<");
            if (!(node(event, key, depth + 1) instanceof Node.Scalar name)) {
                throw new Stop(place(event), "cannot use a list or mapping as a key: write text");
            }
            String path = key.isEmpty() ? name.text() : key + "." + name.text();
            Node value = node(events.next(), path, depth + 1);
            if (merge) {
                merge(value, path, merged);
                continue;
            }
            Place keyPlace = place(event);
            Node.Entry first = own.putIfAbsent(name.text(), new Node.Entry(name.text(), keyPlace, value));
            if (first != null) {
                problems.error(keyPlace, Value.cut(path), "given twice: first on line " + first.keyPlace().line());
            }
        }
        merged.forEach(own::putIfAbsent);
        return new Node.Mapping(place, List.copyOf(own.values()));
    }

    /// What is merged first wins.
    private void merge(Node value, String path, Map<String, Node.Entry> merged) {
        List<Node> sources = value instanceof Node.Sequence(Place _, List<Node> items) ? items : List.of(value);
        for (Node source : sources) {
            if (source instanceof Node.Mapping(Place _, List<Node.Entry> entries)) {
                entries.forEach(entry -> merged.putIfAbsent(entry.key(), entry));
            } else {
                problems.error(source.place(), Value.cut(path), "cannot merge this: allowed are a mapping or a list of mappings");
            }
        }
    }

    private void count(int weight, Place place) {
        values += weight;
        if (values > MOST_VALUES) {
            throw new Stop(place, "cannot read more than " + MOST_VALUES + " values, aliases expanded");
        }
    }

    private void checkTag(Optional<String> tag, String allowed, String key, Place place) {
        String prefix = "tag:yaml.org,2002:";
        tag.filter(given -> !given.equals("!")
                && !(given.startsWith(prefix) && List.of(allowed.split(" ")).contains(given.substring(prefix.length()))))
                .ifPresent(given -> problems.error(place, Value.cut(key), "tag '" + given.replace(prefix, "!!") + "' is not supported"));
    }

    private static Place place(Event event) {
        return event.getStartMark().map(YamlText::place).orElse(Place.NONE);
    }

    private static Place place(Mark mark) {
        return new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
