package reeve.serve.certificate;

import java.util.Map;

/// Where the decisions of this room are written down for people. A port of this room, joined to the journal in `Wiring`.
@FunctionalInterface
public interface CertificateRecords {

    /// Never throws.
    /// @param what  the decision, a word: `certificate_taken`, `certificate_refused`, `certificate_ends`, `certificate_exposed`,
    ///              `certificate_dropped`, `authority_taken`, `authority_refused`
    /// @param why   one line, readable without context
    /// @param facts what it was based on, in order
    void record(String what, String why, Map<String, String> facts);
}
