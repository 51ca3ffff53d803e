package reeve.declare.manifest;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Compression;
import reeve.model.ErrorPages;
import reeve.model.FileRoot;
import reeve.model.HeaderChanges;
import reeve.model.HeaderText;
import reeve.model.RouteEdge;

/// Reads what becomes of a route's requests and answers on their way.
final class EdgeReader {
    /// Among the other keys of a route.
    static final KeyTable EDGE = KeyTable.of("edge")
            .key("request_headers", "none", "what is changed in the head of a request on its way to the backend: `{set, add, remove}`")
            .key("response_headers", "none", "the same for the head of an answer on its way to the client")
            .key("server_timing", "`false`", "whether answers tell how long the request was held, its connection took, and its backend")
            .key("error_pages", "Reeve's own", "a folder, or `{from, backend}`: pages in the place of errors")
            .key("fallback_file", "none", "a file that is sent with 200 where the backend answers 404")
            .key("compress", "`false`", "whether answers are compressed: `true`, or `{with, types, min_size}`");

    static final KeyTable ERROR_PAGES = KeyTable.of("error pages")
            .key("from", "needed", "a folder with `404.html`, `5xx.json`, `error.txt` and the like")
            .key("backend", "none", "statuses of the backend's answers that are replaced, too, one or a list of `404`, `5xx`");

    static final KeyTable COMPRESS = KeyTable.of("compress")
            .key("with", "all", "`br`, `zstd`, `gzip`, one or a list: those that are offered, the preferred first")
            .key("types", "text", "one or a list of types of content such as `text/*`")
            .key("min_size", "`1k`", "answers that are known to be shorter are sent as they are");

    static final KeyTable HEADERS = KeyTable.of("header changes")
            .key("set", "none", "`{NAME: VALUE}`: takes the place of all lines of that name")
            .key("add", "none", "`{NAME: VALUE}`, or a list of values: comes besides other lines of that name")
            .key("remove", "none", "names, one or a list");

    static final KeyTable FILES = KeyTable.of("files")
            .key("from", "needed", "the folder")
            .key("index", "`index.html`", "name of the file that stands for its folder")
            .key("fallback", "none", "file for pages that do not exist, as an application in the browser wants it: `index.html`");

    private EdgeReader() {}

    /// @return empty for none
    /// @param folder of the manifest: relative paths start there
    static Optional<RouteEdge> read(Fields fields, Path folder) {
        HeaderChanges request = fields.get("request_headers").map(value -> changes(value, true)).orElse(HeaderChanges.NONE);
        HeaderChanges response = fields.get("response_headers").map(value -> changes(value, false)).orElse(HeaderChanges.NONE);
        boolean timing = fields.get("server_timing").flatMap(Value::truth).orElse(false);
        var edge = new RouteEdge(request, response, timing,
                fields.get("error_pages").flatMap(value -> pages(value, folder)),
                fields.get("fallback_file").flatMap(value -> path(value, folder)),
                fields.get("compress").flatMap(EdgeReader::compression));
        return edge.equals(RouteEdge.NONE) ? Optional.empty() : Optional.of(edge);
    }

    private static Optional<Path> path(Value value, Path folder) {
        return value.text(text -> {
            try {
                if (text.isEmpty()) {
                    throw new IllegalArgumentException("needs a path");
                }
                return folder.resolve(text).normalize();
            } catch (InvalidPathException wrong) {
                throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "' as a path: " + wrong.getReason(), wrong);
            }
        });
    }

    /// `files` of a route of an app.
    static Optional<FileRoot> files(Value value, Path folder) {
        if (!value.isMapping()) {
            return path(value, folder).map(from -> new FileRoot(from, FileRoot.INDEX, Optional.empty()));
        }
        Fields fields = value.fields(FILES.keys());
        if (fields.lacks("from")) {
            value.wrong("needs 'from': the folder");
        }
        Optional<String> index = fields.has("index") ? fields.get("index").flatMap(given -> given.text(EdgeReader::fileName))
                : Optional.of(FileRoot.INDEX);
        Optional<String> fallback = fields.get("fallback").flatMap(given -> given.text(EdgeReader::filePath));
        return fields.get("from").flatMap(given -> path(given, folder)).flatMap(from -> index.map(
                name -> new FileRoot(from, name, fallback)));
    }

    private static String fileName(String text) {
        if (!FileRoot.allowsName(text)) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "' as an index: allowed is the name of a file");
        }
        return text;
    }

    private static String filePath(String text) {
        if (!FileRoot.allowsPath(text)) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "': allowed is a path below the folder");
        }
        return text;
    }

    private static Optional<ErrorPages> pages(Value value, Path folder) {
        if (!value.isMapping()) {
            return path(value, folder).map(from -> new ErrorPages(from, List.of()));
        }
        Fields fields = value.fields(ERROR_PAGES.keys());
        if (fields.lacks("from")) {
            value.wrong("needs 'from': the folder with the pages");
        }
        List<String> backends = fields.get("backend").map(Value::oneOrMore).orElse(List.of()).stream()
                .flatMap(given -> given.text(EdgeReader::status).stream()).toList();
        return fields.get("from").flatMap(given -> path(given, folder)).map(from -> new ErrorPages(from, backends));
    }

    private static String status(String text) {
        if (!ErrorPages.allowsStatus(text)) {
            throw new IllegalArgumentException("cannot replace answers with '" + Value.cut(text)
                    + "': allowed are 400 to 599, 4xx and 5xx");
        }
        return text;
    }

    private static Optional<Compression> compression(Value value) {
        if (!value.isMapping()) {
            return value.truth().filter(on -> on).map(_ -> Compression.STANDARD);
        }
        Fields fields = value.fields(COMPRESS.keys());
        List<Compression.Coding> all = List.of(Compression.Coding.values());
        List<Compression.Coding> codings = fields.get("with").map(Value::oneOrMore).orElse(List.of()).stream()
                .flatMap(given -> given.word(all, Compression.Coding::word).stream()).toList();
        List<String> types = fields.get("types").map(Value::oneOrMore).orElse(List.of()).stream()
                .flatMap(given -> given.text(EdgeReader::type).stream()).toList();
        return Optional.of(new Compression(codings.isEmpty() ? all : codings,
                fields.get("min_size").flatMap(size -> size.size(0)).orElse(Compression.LEAST_SIZE),
                types.isEmpty() ? Compression.TYPES : types));
    }

    private static String type(String text) {
        if (!Compression.allowsType(text)) {
            throw new IllegalArgumentException("cannot compress '" + Value.cut(text) + "': allowed are types such as text/html and text/*");
        }
        return text;
    }

    /// @param hosted whether `Host` may be set
    private static HeaderChanges changes(Value value, boolean hosted) {
        Fields fields = value.fields(HEADERS.keys());
        var set = new ArrayList<HeaderChanges.Line>();
        var add = new ArrayList<HeaderChanges.Line>();
        var remove = new ArrayList<String>();
        for (Value given : fields.get("set").map(Value::entries).orElse(List.of())) {
            if (set.stream().anyMatch(other -> other.name().equalsIgnoreCase(given.name()))) {
                given.wrongKey("cannot set the header '" + Value.cut(given.name()) + "' twice");
            } else if (mayChange(given, hosted)) {
                line(given.name(), given).ifPresent(set::add);
            }
        }
        for (Value given : fields.get("add").map(Value::entries).orElse(List.of())) {
            if (mayChange(given, false)) {
                given.oneOrMore().forEach(each -> line(given.name(), each).ifPresent(add::add));
            }
        }
        for (Value given : fields.get("remove").map(Value::oneOrMore).orElse(List.of())) {
            given.text(EdgeReader::removed).ifPresent(remove::add);
        }
        if (set.size() + add.size() + remove.size() > HeaderChanges.MOST) {
            value.wrong("cannot change more than " + HeaderChanges.MOST + " header lines");
            return HeaderChanges.NONE;
        }
        return new HeaderChanges(set, add, remove);
    }

    private static boolean mayChange(Value given, boolean hosted) {
        String refusal = refusal(given.name(), hosted, "set");
        if (!refusal.isEmpty()) {
            given.wrongKey(refusal);
        }
        return refusal.isEmpty();
    }

    private static String removed(String name) {
        String refusal = refusal(name, false, "remove");
        if (!refusal.isEmpty()) {
            throw new IllegalArgumentException(refusal);
        }
        return name;
    }

    /// @return empty where nothing speaks against it
    private static String refusal(String name, boolean hosted, String what) {
        String header = "cannot " + what + " the header '" + Value.cut(name) + "'";
        if (!HeaderChanges.isName(name)) {
            return header + ": allowed are letters, digits and -_.!#$%&'*+^`|~";
        }
        if (HeaderChanges.isFixed(name)) {
            return header + ": it belongs to one connection or frames the message, and Reeve writes it itself";
        }
        if (name.equalsIgnoreCase("host") && !hosted) {
            return header + ": only 'request_headers.set' can have it";
        }
        return "";
    }

    private static Optional<HeaderChanges.Line> line(String name, Value value) {
        return value.text(text -> new HeaderChanges.Line(name, new HeaderText(text)));
    }
}
