package reeve.front.api;

/// The page for people with a browser, or with curl. A port of this room; each call reads the node anew.
public interface StatusPage {

    /// A whole document that loads nothing from elsewhere.
    Html html();

    String text();

    /// @param contentSecurityPolicy what the document may load and run
    record Html(String document, String contentSecurityPolicy) {}
}
