package reeve.declare.manifest;

import java.util.List;
import reeve.model.AppSpec;
import reeve.model.ManifestSource;

/// Reads one manifest. Pure: the same source gives the same result. Any thread.
public interface ManifestReader {

    Result read(ManifestSource source);

    /// The outcome of reading.
    sealed interface Result {
        /// @param warnings what was skipped on purpose, such as `x-*` keys; may be empty
        record Read(AppSpec spec, List<ManifestError> warnings) implements Result {}

        /// Nothing is usable.
        record Refused(List<ManifestError> errors) implements Result {}
    }

    /// One thing that is wrong, and where.
    /// @param line   from 1; 0 where the error has no place
    /// @param column from 1
    /// @param key    dotted path such as `services.web.sleep.after`; empty where there is none
    record ManifestError(String file, int line, int column, String key, String message) {
        /// `shop.yaml:7:5: services.web.sleep.after: cannot read …`
        @Override
        public String toString() {
            return file + (line > 0 ? ":" + line + ":" + column : "") + ": " + (key.isEmpty() ? "" : key + ": ") + message;
        }
    }
}
