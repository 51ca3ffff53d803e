package reeve.declare.yaml;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import reeve.base.DurationText;
import reeve.base.Nearest;

/// A node at its key: reads it as one type or another, and reports at its place what does not fit.
/// Every reading method returns empty after it has reported why.
public final class Value {
    private final Node node;
    private final Place keyPlace;
    private final String key;
    private final String name;
    private final Problems problems;
    private final Texts texts;

    private Value(Node node, Place keyPlace, String key, String name, Problems problems, Texts texts) {
        this.node = node;
        this.keyPlace = keyPlace;
        this.key = key;
        this.name = name;
        this.problems = problems;
        this.texts = texts;
    }

    public static Value root(Node node, Problems problems, Texts texts) {
        return new Value(node, node.place(), "", "", problems, texts);
    }

    /// A text that stands in no file, such as the value of a flag.
    public static Value alone(String name, String text, Problems problems) {
        return new Value(new Node.Scalar(Place.NONE, text, false), Place.NONE, name, name, problems, Texts.AS_WRITTEN);
    }

    /// Its own key, or its number in a list.
    public String name() {
        return name;
    }

    /// Its dotted path from the top.
    public String key() {
        return key;
    }

    public Place place() {
        return node.place();
    }

    public void wrong(String message) {
        problems.error(node.place(), key, message);
    }

    /// For what is wrong with the key itself.
    public void wrongKey(String message) {
        problems.error(keyPlace, key, message);
    }

    public void warn(String message) {
        problems.warning(keyPlace, key, message);
    }

    /// Whether one more error would be kept; otherwise there is no need to find good words for it.
    public boolean wantsErrors() {
        return problems.wantsMore();
    }

    /// How many errors its file has so far.
    public int errorCount() {
        return problems.errorCount();
    }

    public boolean isNull() {
        return node instanceof Node.Scalar scalar && scalar.isNull();
    }

    public boolean isText() {
        return node instanceof Node.Scalar;
    }

    public boolean isList() {
        return node instanceof Node.Sequence;
    }

    public boolean isMapping() {
        return node instanceof Node.Mapping;
    }

    /// The scalar's text as it is written, whatever it means.
    public Optional<String> written() {
        if (node instanceof Node.Scalar scalar) {
            return Optional.of(scalar.text());
        }
        return refuse("expected a text, found " + sort());
    }

    public Optional<String> text() {
        return written().flatMap(text -> texts.finished(this, text));
    }

    /// @param make   may refuse with an IllegalArgumentException, whose message is reported
    public <T> Optional<T> text(Function<String, T> make) {
        return text().flatMap(text -> {
            try {
                return Optional.of(make.apply(text));
            } catch (IllegalArgumentException wrong) {
                return refuse(String.valueOf(wrong.getMessage()));
            }
        });
    }

    public Optional<Boolean> truth() {
        return text().flatMap(text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> refuse("cannot read '" + cut(text) + "': allowed are true and false");
        });
    }

    public Optional<Integer> number(int least, int most) {
        return text().flatMap(text -> {
            boolean number = text.matches("[0-9]{1,9}");
            if (number && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
                return Optional.of(Integer.parseInt(text));
            }
            return refuse("cannot read '" + cut(text) + "': allowed is a number from " + least + " to " + most);
        });
    }

    /// @param least shorter ones are refused
    public Optional<Duration> duration(Duration least) {
        return text().flatMap(text -> {
            Optional<Duration> duration = DurationText.parse(text);
            if (duration.isEmpty()) {
                return refuse("cannot read '" + cut(text) + "': allowed is " + DurationText.ALLOWED);
            }
            if (duration.get().compareTo(least) < 0) {
                return refuse("cannot use '" + cut(text) + "': allowed is " + DurationText.text(least) + " or longer");
            }
            return duration;
        });
    }

    /// @param least fewer bytes are refused
    public Optional<Long> size(long least) {
        return text().flatMap(text -> {
            OptionalLong size = SizeText.parse(text);
            if (size.isEmpty()) {
                return refuse("cannot read '" + cut(text) + "': allowed is " + SizeText.ALLOWED);
            }
            if (size.getAsLong() < least) {
                return refuse("cannot use '" + cut(text) + "': allowed are " + least + " bytes or more");
            }
            return Optional.of(size.getAsLong());
        });
    }

    /// One of a few words.
    public <T> Optional<T> word(List<T> choices, Function<T, String> word) {
        return text().flatMap(text -> {
            List<String> words = choices.stream().map(word).toList();
            int index = words.indexOf(text);
            return index >= 0 ? Optional.of(choices.get(index)) : unlike(text, words);
        });
    }

    /// Reports that a text is none of the allowed words.
    /// @return empty
    public <T> Optional<T> unlike(String text, List<String> words) {
        String hint = Nearest.hint(text, words);
        String allowed = !hint.isEmpty() ? hint + " allowed: " : words.size() == 1 ? ": allowed is " : ": allowed are ";
        return refuse("cannot read '" + cut(text) + "'" + allowed + String.join(", ", words));
    }

    public List<Value> items() {
        if (!(node instanceof Node.Sequence(Place _, List<Node> nodes))) {
            wrong("expected a list, found " + sort());
            return List.of();
        }
        var items = new ArrayList<Value>(nodes.size());
        for (Node item : nodes) {
            int number = items.size();
            items.add(new Value(item, item.place(), key + "[" + number + "]", String.valueOf(number), problems, texts));
        }
        return items;
    }

    /// The items of a list, or the value alone.
    public List<Value> oneOrMore() {
        return isList() ? items() : List.of(this);
    }

    /// The values of a mapping whose keys are free.
    public List<Value> entries() {
        if (!(node instanceof Node.Mapping(Place _, List<Node.Entry> given))) {
            wrong("expected a mapping, found " + sort());
            return List.of();
        }
        var entries = new ArrayList<Value>(given.size());
        for (Node.Entry entry : given) {
            String path = key.isEmpty() ? entry.key() : key + "." + entry.key();
            entries.add(new Value(entry.value(), entry.keyPlace(), cutKey(path), entry.key(), problems, texts));
        }
        return entries;
    }

    public Fields fields(Keys keys) {
        return new Fields(entries(), keys);
    }

    private <T> Optional<T> refuse(String message) {
        wrong(message);
        return Optional.empty();
    }

    private String sort() {
        return switch (node) {
            case Node.Scalar scalar -> scalar.isNull() ? "nothing" : "'" + cut(scalar.text()) + "'";
            case Node.Sequence _ -> "a list";
            case Node.Mapping _ -> "a mapping";
        };
    }

    private static String cutKey(String path) {
        return shortened(path, 200);
    }

    /// What somebody wrote, fit for a message: one line, not long.
    public static String cut(String text) {
        return shortened(text, 60);
    }

    private static String shortened(String text, int most) {
        String start = text.length() <= most ? text : text.substring(0, most) + "…";
        return start.replaceAll("\\p{Cntrl}", "?");
    }
}
