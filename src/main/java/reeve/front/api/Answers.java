package reeve.front.api;

import java.util.List;
import reeve.base.http.Head;
import reeve.base.http.HttpAnswer;
import reeve.model.wire.WireJson;

/// The forms in which verbs answer.
final class Answers {
    private static final List<Head.Header> JSON = List.of(new Head.Header("Content-Type", "application/json"));

    private Answers() {}

    static HttpAnswer json(WireJson json, Object record) {
        return new HttpAnswer(200, JSON, new HttpAnswer.Whole(json.bytes(record)));
    }

    /// Done, and there is nothing to tell.
    static HttpAnswer done() {
        return new HttpAnswer(204, List.of(), new HttpAnswer.Whole(new byte[0]));
    }
}
