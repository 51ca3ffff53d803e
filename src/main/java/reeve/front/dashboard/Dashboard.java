package reeve.front.dashboard;

import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import reeve.base.Time;
import reeve.front.client.ReeveClient;
import reeve.front.dashboard.template.JtestatusGenerated;

/// The status page: services, pids, states and routes of one node, as HTML and as text. Any thread.
public final class Dashboard {
    private final ReeveClient client;
    private final Time time;

    /// @param client of the node that is shown
    public Dashboard(ReeveClient client, Time time) {
        this.client = client;
        this.time = time;
    }

    /// A whole document.
    /// @throws reeve.model.Failure where the node does not answer
    public String html() {
        return html(view());
    }

    /// @throws reeve.model.Failure where the node does not answer
    public String text() {
        return StatusText.of(view());
    }

    /// What the document may do: its own style and script, recognised by their digests, and ask the node again.
    public static String contentSecurityPolicy() {
        return "default-src 'none'; style-src " + digest(PageParts.STYLE) + "; script-src " + digest(PageParts.SCRIPT)
                + "; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    static String html(StatusView view) {
        var output = new StringOutput();
        JtestatusGenerated.render(new OwaspHtmlTemplateOutput(output), null, view, PageParts.STYLE, PageParts.SCRIPT, PageParts.ICON);
        return output.toString();
    }

    private StatusView view() {
        return StatusViews.of(client.node(), client.apps(), client.instances(Optional.empty()), client.routes(Optional.empty()),
                client.restarts(), client.usage(), time.wall());
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("cannot hash: every JDK has SHA-256", e);
        }
    }
}
