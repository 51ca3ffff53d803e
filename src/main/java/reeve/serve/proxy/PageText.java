package reeve.serve.proxy;

import java.nio.charset.StandardCharsets;
import reeve.serve.edge.Media;
import reeve.serve.edge.Page;

/// Fills in what a user's page says of an error: `{status}`, `{reason}`, `{message}` and `{request_id}`, written so that they cannot be
/// taken for more than text.
final class PageText {
    private PageText() {}

    static Page filled(Page page, Answer answer, Media media, byte[] requestId) {
        String text = new String(page.body(), StandardCharsets.UTF_8);
        if (!text.contains("{status}") && !text.contains("{reason}") && !text.contains("{message}") && !text.contains("{request_id}")) {
            return page;
        }
        String filled = text.replace("{status}", String.valueOf(answer.status())).replace("{reason}", Answers.reason(answer.status()))
                .replace("{request_id}", written(Bytes.latin(requestId), media)).replace("{message}", written(answer.text(), media));
        return new Page(filled.getBytes(StandardCharsets.UTF_8), page.type());
    }

    private static String written(String text, Media media) {
        return switch (media) {
            case HTML -> Answers.escape(text);
            case JSON -> Answers.quoted(text);
            case TEXT -> text;
        };
    }
}
