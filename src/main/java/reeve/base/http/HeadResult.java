package reeve.base.http;

/// What a look at some received bytes found.
public sealed interface HeadResult {

    enum Progress implements HeadResult {
        /// The head (or the chunked body) is whole and valid.
        COMPLETE,
        /// Valid so far; look again when more bytes have come.
        NEED_MORE
    }

    /// Not to be trusted: answer and close, for nobody can say where the next message begins.
    /// @param status to answer with: of a request 400, 417, 431, 501, 505; of a response 502
    /// @param reason what is wrong, fit for the answer's text; never holds received bytes
    record Bad(int status, String reason) implements HeadResult {}
}
